package dev.headroom.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.batch.Items;
import dev.headroom.device.DeviceMemory;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A device of two lanes. */
@Timeout(60)
class GateTest {

    private final List<ExecutorService> threads =
            Stream.generate(Executors::newSingleThreadExecutor).limit(2).toList();
    private final Gate gate = new Gate(threads.getFirst(), DeviceMemory.UNKNOWN);
    private final Share share = new Share(1);

    @BeforeEach
    void open() throws InterruptedException {
        gate.lanes(threads, () -> {});
    }

    @AfterEach
    void end() {
        threads.forEach(ExecutorService::shutdownNow);
    }

    private void awaitWaiting(int many) {
        while (gate.waiting() < many) {
            Thread.onSpinWait();
        }
    }

    /** Waits for a lane on a thread of its own. */
    private FutureTask<Permit> entering(Share itsShare) {
        FutureTask<Permit> entering = new FutureTask<>(() -> gate.enter(itsShare));
        Thread.startVirtualThread(entering);
        return entering;
    }

    @Test
    void eachLaneRunsATaskBesideTheOthers() throws Exception {
        CyclicBarrier together = new CyclicBarrier(2);
        CountDownLatch done = new CountDownLatch(2);
        for (int lane = 0; lane < 2; lane++) {
            gate.enter(share).run(() -> {
                await(together);
                done.countDown();
            });
        }
        done.await();
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whoWantsAllWaitsForTheOthersAndGoesBeforeThoseWhoCome() throws Exception {
        Permit first = gate.enter(share);
        Permit second = gate.enter(share);
        FutureTask<Permit> next = entering(share);
        awaitWaiting(1);
        FutureTask<Boolean> alone = new FutureTask<>(first::becomeAlone);
        Thread waiting = Thread.startVirtualThread(alone);
        while (gate.freeLanes() > 0 || waiting.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        second.leave();
        assertTrue(alone.get(), "another lane was taken");
        assertEquals(0, gate.freeLanes());
        assertFalse(next.isDone());
        first.leave();
        next.get().leave();
        assertEquals(2, gate.freeLanes());
    }

    @Test
    void twoWhoWantAllGetItOneAfterTheOther() throws Exception {
        Permit first = gate.enter(share);
        Permit second = gate.enter(share);
        List<Permit> done = Collections.synchronizedList(new java.util.ArrayList<>());
        List<Thread> threads = Stream.of(first, second)
                .map(permit -> Thread.startVirtualThread(() -> {
                    permit.becomeAlone();
                    assertEquals(0, gate.freeLanes());
                    done.add(permit);
                    permit.leave();
                }))
                .toList();
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(2, done.size());
        assertEquals(2, gate.freeLanes());
    }

    @Test
    void allOfAnIdleDeviceIsTakenAtOnceAndOnlyThen() throws Exception {
        Permit first = gate.enter(share);
        assertTrue(first.tryAlone());
        FutureTask<Permit> next = entering(share);
        awaitWaiting(1);
        first.leave();
        Permit second = next.get();
        Permit third = gate.enter(share);
        assertFalse(second.tryAlone());
        second.leave();
        third.leave();
    }

    @Test
    void modelsTakeTurnsByWhatTheyHaveHadForTheirWeight() throws Exception {
        Lanes lanes = new Lanes(List.of(new Lane(Runnable::run)));
        Share heavy = new Share(2);
        Share light = new Share(1);
        StringBuilder turns = new StringBuilder();
        Lane lane = lanes.enter(share, false);
        CompletableFuture<Lane> ofHeavy = entering(lanes, heavy);
        CompletableFuture<Lane> ofLight = entering(lanes, light);
        for (int turn = 0; turn < 9; turn++) {
            while (lanes.waiting() < 2) {
                Thread.onSpinWait();
            }
            lanes.leave(lane);
            CompletableFuture.anyOf(ofHeavy, ofLight).join();
            boolean heavys = ofHeavy.isDone();
            turns.append(heavys ? 'H' : 'l');
            lane = (heavys ? ofHeavy : ofLight).join();
            lanes.had(heavys ? heavy : light, 1_000);
            if (heavys) {
                ofHeavy = entering(lanes, heavy);
            } else {
                ofLight = entering(lanes, light);
            }
        }
        assertEquals(6, turns.chars().filter(turn -> turn == 'H').count(), turns.toString());
    }

    private static CompletableFuture<Lane> entering(Lanes lanes, Share itsShare) {
        CompletableFuture<Lane> entered = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                entered.complete(lanes.enter(itsShare, false));
            } catch (InterruptedException e) {
                entered.completeExceptionally(e);
            }
        });
        return entered;
    }

    @Test
    void whoIsInterruptedWhileItWaitsHoldsNobodyUp() throws Exception {
        Permit first = gate.enter(share);
        Permit second = gate.enter(share);
        Thread waiting =
                Thread.startVirtualThread(() -> assertThrows(InterruptedException.class, () -> gate.enter(share)));
        awaitWaiting(1);
        waiting.interrupt();
        waiting.join();
        assertEquals(0, gate.waiting());
        first.leave();
        second.leave();
        assertEquals(2, gate.freeLanes());
    }

    @Test
    void lanesCanBeTakenAwayAndGivenBack() throws Exception {
        gate.lanes(threads.subList(0, 1), () -> {});
        assertEquals(1, gate.lanes());
        Permit only = gate.enter(share);
        assertEquals(0, gate.freeLanes());
        only.leave();
        gate.lanes(threads, () -> {});
        assertEquals(2, gate.freeLanes());
    }

    @Test
    void countsHowLongItWasBusy() throws Exception {
        CountDownLatch ran = new CountDownLatch(1);
        gate.enter(share).run(ran::countDown);
        ran.await();
        while (gate.busy().equals(Duration.ZERO)) {
            Thread.onSpinWait();
        }
    }

    @Test
    void whereOneLaneTakesNothingMoreWhatRunsOnTheOthersIsWaitedFor() throws Exception {
        threads.getLast().shutdownNow();
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        FutureTask<List<Integer>> calling = new FutureTask<>(() -> gate.callOnAll(() -> {
            running.countDown();
            Items.await(end);
            return 7;
        }));
        Thread caller = Thread.startVirtualThread(calling);
        running.await();
        while (caller.getState() == Thread.State.RUNNABLE) {
            Thread.onSpinWait();
        }
        assertEquals(Optional.empty(), gate.tryEnter(share), "the device is not given to others meanwhile");
        end.countDown();
        ExecutionException failed = assertThrows(ExecutionException.class, calling::get);
        assertInstanceOf(RejectedExecutionException.class, failed.getCause());
        assertTrue(gate.tryEnter(share).isPresent());
    }
}
