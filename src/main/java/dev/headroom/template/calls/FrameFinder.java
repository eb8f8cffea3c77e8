package dev.headroom.template.calls;

import dev.headroom.template.ChatTemplate;
import dev.headroom.template.TemplateException;
import dev.headroom.template.calls.Probe.Parts;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

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

    /**
     * The frame; empty where the template writes no calls, or not as a name that arguments follow: as a JSON object, or as an
     * element each.
     */
    public static Optional<CallFrame> find(ChatTemplate template) {
        ChatTemplate still = template.at(LocalDateTime.of(2000, 1, 1, 0, 0));
        return Writing.ALL.stream()
                .flatMap(writing -> new FrameFinder(still, writing).any().stream())
                .findFirst();
    }

    private Optional<CallFrame> any() {
        try {
            String called = called(Probe.FIRST);
            Turn turn = Turn.of(written(false, List.of(Probe.QUESTION, ANSWER)), SAID, called);
            return turn.follows(written(true, List.of(Probe.QUESTION)))
                    ? frame(turn, called).or(() -> new ElementFinder(turn, writing, this::called).frame())
                    : Optional.empty();
        } catch (TemplateException e) {
            return Optional.empty();
        }
    }

    private Optional<CallFrame> frame(Turn turn, String called) {
        Optional<Parts> one = turn.body(called).flatMap(Probe.FIRST::in).map(Probe.FIRST::masked);
        Optional<Parts> other =
                turn.body(called(Probe.SECOND)).flatMap(Probe.SECOND::in).map(Probe.SECOND::masked);
        return one.equals(other) ? one.filter(FrameFinder::isTold).map(parts -> frame(turn, parts)) : Optional.empty();
    }

    /** An id is not known before the arguments. */
    private static boolean isTold(Parts parts) {
        return !parts.before().isBlank() && (parts.before() + parts.between()).indexOf(CallFrame.ID) < 0;
    }

    private CallFrame frame(Turn turn, Parts parts) {
        Optional<Parts> second = second(turn, parts);
        String between = second.map(Parts::between).orElse(parts.between());
        CallTexts texts = new CallTexts(parts.before(), between, parts.after(), second.map(Parts::before));
        return CallFrame.json(texts, writing.with(CallId.in(texts.before(), between)));
    }

    /**
     * The second of two calls, with the text between them before it; empty where the template refuses two, or writes them otherwise
     * or in two turns.
     */
    private Optional<Parts> second(Turn turn, Parts parts) {
        try {
            return turn.behindBegin(called(Probe.FIRST, Probe.SECOND))
                    .flatMap(Probe.FIRST::in)
                    .filter(first -> first.before().equals(parts.before())
                            && first.between().equals(parts.between()))
                    .map(Probe.FIRST::masked)
                    .flatMap(first -> Probe.SECOND.in(first.after()))
                    .flatMap(second -> numbered(parts.between(), second))
                    .filter(second -> !second.before().isBlank()
                            && !turn.endsIn(second.before())
                            && !second.before().contains(Probe.SECOND.id()));
        } catch (TemplateException e) {
            return Optional.empty();
        }
    }

    /** The second call, with a mark where its number stands behind its name, if it has one; empty where more differs. */
    private static Optional<Parts> numbered(String first, Parts second) {
        int zero = first.indexOf('0');
        String marked = zero < 0 ? first : first.substring(0, zero) + CallId.NUMBER + first.substring(zero + 1);
        return Stream.of(first, marked)
                .filter(text -> text.replace(CallId.NUMBER, "1").equals(second.between()))
                .findFirst()
                .map(text -> new Parts(second.before(), text, second.after()));
    }

    private String called(Probe... calls) {
        return written(false, List.of(Probe.QUESTION, Probe.message(calls)));
    }

    private String written(boolean prompt, List<Map<String, Object>> messages) {
        return template.render(Map.of(
                "messages",
                writing.all(messages),
                "tools",
                List.of(Probe.FIRST.tool(), Probe.SECOND.tool()),
                "add_generation_prompt",
                prompt));
    }
}
