package dev.headroom.template.calls;

import dev.headroom.template.ChatTemplate;
import dev.headroom.template.TemplateException;
import dev.headroom.template.calls.Probe.Parts;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds how a template writes calls by having it write some. Where two calls differ in more than their names, arguments and ids
 * there is no frame.
 */
public final class FrameFinder {

    private static final String SAID = "zqcontent";
    private static final Map<String, Object> ANSWER = Map.of("role", "assistant", "content", SAID);

    private final ChatTemplate template;
    private final Writing writing;

    private FrameFinder(ChatTemplate template, Writing writing) {
        this.template = template;
        this.writing = writing;
    }

    /** The frame; empty where the template writes no calls, or not as a name that a JSON object of arguments follows. */
    public static Optional<CallFrame> find(ChatTemplate template) {
        ChatTemplate still = template.at(LocalDateTime.of(2000, 1, 1, 0, 0));
        return Writing.ALL.stream()
                .flatMap(writing -> new FrameFinder(still, writing).frame().stream())
                .findFirst();
    }

    private Optional<CallFrame> frame() {
        try {
            String called = called(Probe.FIRST);
            Turn turn = Turn.of(written(false, List.of(Probe.QUESTION, ANSWER)), SAID, called);
            Optional<Parts> one = turn.body(called).flatMap(Probe.FIRST::in).map(Probe.FIRST::masked);
            Optional<Parts> other =
                    turn.body(called(Probe.SECOND)).flatMap(Probe.SECOND::in).map(Probe.SECOND::masked);
            return turn.follows(written(true, List.of(Probe.QUESTION))) && one.equals(other)
                    ? one.filter(FrameFinder::isTold).map(parts -> frame(turn, parts))
                    : Optional.empty();
        } catch (TemplateException e) {
            return Optional.empty();
        }
    }

    /** An id is not known before the arguments. */
    private static boolean isTold(Parts parts) {
        return !parts.before().isBlank() && (parts.before() + parts.between()).indexOf(CallFrame.ID) < 0;
    }

    private CallFrame frame(Turn turn, Parts parts) {
        return new CallFrame(parts.before(), parts.between(), parts.after(), next(turn, parts), writing);
    }

    /** The text between two calls; empty where the template refuses two, or writes them otherwise or in two turns. */
    private Optional<String> next(Turn turn, Parts parts) {
        try {
            return turn.behindBegin(called(Probe.FIRST, Probe.SECOND))
                    .flatMap(Probe.FIRST::in)
                    .filter(first -> first.before().equals(parts.before())
                            && first.between().equals(parts.between()))
                    .map(Probe.FIRST::masked)
                    .flatMap(first -> Probe.SECOND.in(first.after()))
                    .filter(second -> second.between().equals(parts.between()))
                    .map(Parts::before)
                    .filter(next -> !next.isBlank() && !turn.endsIn(next) && !next.contains(Probe.SECOND.id()));
        } catch (TemplateException e) {
            return Optional.empty();
        }
    }

    private String called(Probe... calls) {
        return written(false, List.of(Probe.QUESTION, writing.of(Probe.message(calls))));
    }

    private String written(boolean prompt, List<Map<String, Object>> messages) {
        return template.render(Map.of(
                "messages",
                messages,
                "tools",
                List.of(Probe.FIRST.tool(), Probe.SECOND.tool()),
                "add_generation_prompt",
                prompt));
    }
}
