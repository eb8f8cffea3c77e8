package dev.headroom.generation;

import dev.headroom.generation.PromptSchedule.Reading;
import dev.headroom.session.RunFailedException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Has sequences give way where the budget is full, the one that was admitted last first. It waits again, and is read anew later. One thread
 * calls.
 */
final class Preemption {

    private final Rows rows;
    private final PromptSchedule prompts;
    private final Admission waiting;
    private final GenerationMeters meters;

    Preemption(Rows rows, PromptSchedule prompts, Admission waiting, GenerationMeters meters) {
        this.rows = rows;
        this.prompts = prompts;
        this.waiting = waiting;
        this.meters = meters;
    }

    /** The sequences on the device. */
    List<Sequence> onDevice() {
        List<Sequence> all = new ArrayList<>(rows.all());
        all.addAll(prompts.sequences());
        return all;
    }

    /** All sequences, on the device or waiting for it, the one that came first first. */
    List<Sequence> all() {
        List<Sequence> all = waiting.all();
        all.addAll(onDevice());
        all.sort(Comparator.comparingLong(Sequence::number));
        return all;
    }

    /** All sequences give way, and are read again. */
    void preemptAll() {
        onDevice().forEach(waiting::add);
        prompts.dropAll();
        rows.clear();
    }

    /** A sequence becomes a row, for which younger ones give way, unless it is the youngest itself. It has its next token by then. */
    void join(Reading one) throws RunFailedException {
        prompts.remove(one);
        try {
            if (!roomFor(one.sequence())) {
                giveWay(one);
                return;
            }
        } catch (RunFailedException e) {
            giveWay(one);
            throw e;
        }
        rows.join(one);
    }

    /** Has memory for another row; false where the sequence is the youngest. */
    private boolean roomFor(Sequence sequence) throws RunFailedException {
        while (!makeRoom(Math.max(rows.longest(), sequence.length()), rows.size() + 1)) {
            if (youngest().filter(other -> other.number() > sequence.number()).isEmpty()) {
                return false;
            }
            preempt();
        }
        return true;
    }

    /** Has memory for a step of the rows, of which as many give way as have to, and those that have outgrown their factors. */
    void makeRoomForStep() throws RunFailedException {
        preemptOutgrown();
        while (!rows.isEmpty() && !makeRoom(rows.longest(), rows.size())) {
            preempt();
        }
    }

    private boolean makeRoom(int tokens, int wanted) throws RunFailedException {
        boolean alone = wanted + prompts.size() == 1;
        return rows.makeRoom(new Rows.Shape(wanted, tokens), prompts.bytes(), alone);
    }

    private Optional<Sequence> youngest() {
        return onDevice().stream().max(Comparator.comparingLong(Sequence::number));
    }

    /** Sequences that the graph rotates by other factors from their next token on are read again, by those factors. */
    private void preemptOutgrown() {
        rows.outgrown().forEach(this::giveWay);
    }

    private void preempt() {
        Sequence last = youngest().orElseThrow();
        int row = rows.all().indexOf(last);
        if (row >= 0) {
            giveWay(row);
        } else {
            prompts.of(last).ifPresent(this::giveWay);
        }
    }

    private void giveWay(int row) {
        meters.preempted();
        waiting.add(rows.at(row));
        rows.leave(row);
    }

    private void giveWay(Reading one) {
        meters.preempted();
        waiting.add(one.sequence());
        prompts.drop(one);
    }
}
