package dev.headroom.function.tools;

import dev.headroom.generation.GenerationListener.FinishReason;
import dev.headroom.generation.GenerationRequest;
import dev.headroom.generation.form.CallForm;
import dev.headroom.template.calls.CallFrame;
import dev.headroom.template.calls.CallSearch;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Reads the calls in the text of one answer, which comes in pieces. It holds back what may begin a call, and white space
 * until other text follows it. A call of an unknown tool is no call but text. One thread at a time may call.
 */
public final class CallReader {

    private static final RandomGenerator RANDOM = new SecureRandom();
    private static final String LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int ID_LENGTH = 9;

    private final CallFrame frame;
    private final List<CallForm.Tool> tools;
    private final StringBuilder held = new StringBuilder();
    private final StringBuilder content = new StringBuilder();
    private final StringBuilder arguments = new StringBuilder();
    private final List<CallPart> parts = new ArrayList<>();
    private CallSearch search;
    private ArgumentReader reader = new JsonArguments();
    private int dropped; // the first characters that are held, which end calls
    private int calls;

    /** For the answer of a model that writes calls of these tools like this. */
    CallReader(CallFrame frame, List<CallForm.Tool> tools) {
        this.frame = frame;
        this.tools = tools;
        this.search =
                CallSearch.begin(frame, tools.stream().map(CallForm.Tool::name).toList());
    }

    /** For the answer to a request; empty where it has no tools. A call that is forced has begun in the prompt. */
    public static Optional<CallReader> of(GenerationRequest request) {
        if (!(request.sampling().form().orElse(null) instanceof CallForm form)) {
            return Optional.empty();
        }
        CallReader reader = new CallReader(form.frame(), form.tools());
        reader.read(form.opening());
        return Optional.of(reader);
    }

    /** The parts that are known after a further piece. */
    public List<CallPart> read(String piece) {
        for (int i = 0; i < piece.length(); i++) {
            if (inArguments()) {
                argument(piece.charAt(i));
            } else {
                text(piece.charAt(i));
            }
        }
        return take();
    }

    private boolean inArguments() {
        return !reader.whole();
    }

    private void argument(char c) {
        reader.read(c, arguments);
        endIfWhole();
    }

    private void endIfWhole() {
        if (reader.whole()) {
            tellArguments();
            search = search.behindCall();
        }
    }

    private void text(char c) {
        held.append(c);
        search = search.after(c);
        if (search.ends()) {
            dropped = held.length();
        }
        release(held.length() - search.held());
        search.found().ifPresent(this::begin);
    }

    /** Text of which these first characters are no part of a call. */
    private void release(int known) {
        if (known > dropped) {
            content.append(held, dropped, known);
        }
        held.delete(0, known);
        dropped = Math.max(0, dropped - known);
    }

    private void begin(CallSearch.Found found) {
        tellContent();
        content.setLength(0); // white space alone
        CallForm.Tool tool = tools.get(found.tool());
        String id = frame.ids()
                .flatMap(ids -> ids.read(held.toString(), tool.name()))
                .orElseGet(CallReader::randomId);
        held.setLength(0);
        dropped = 0;
        parts.add(new CallPart.Begin(calls, id, tool.name()));
        calls++;
        reader = ArgumentReader.begin(frame, tool, found.whole(), arguments);
        endIfWhole();
    }

    private static String randomId() {
        StringBuilder id = new StringBuilder(ID_LENGTH);
        RANDOM.ints(ID_LENGTH, 0, LETTERS.length()).forEach(i -> id.append(LETTERS.charAt(i)));
        return id.toString();
    }

    private List<CallPart> take() {
        tellContent();
        tellArguments();
        List<CallPart> taken = List.copyOf(parts);
        parts.clear();
        return taken;
    }

    /** White space in the end may stand before a call. */
    private void tellContent() {
        int end = content.length();
        while (end > 0 && Character.isWhitespace(content.charAt(end - 1))) {
            end--;
        }
        if (end > 0) {
            parts.add(new CallPart.Content(content.substring(0, end)));
            content.delete(0, end);
        }
    }

    private void tellArguments() {
        if (!arguments.isEmpty()) {
            parts.add(new CallPart.Arguments(calls - 1, arguments.toString()));
            arguments.setLength(0);
        }
    }

    /** The rest: no further piece comes. */
    public List<CallPart> finish() {
        release(search.mayEnd() ? dropped : held.length());
        tellContent();
        if (calls == 0 && !content.isEmpty()) {
            parts.add(new CallPart.Content(content.toString()));
        }
        return take();
    }

    /** The calls and the rest of a whole answer to a request. */
    public static AnswerWithCalls answer(GenerationRequest request, String text) {
        return of(request).map(reader -> reader.whole(text)).orElseGet(() -> AnswerWithCalls.text(text));
    }

    AnswerWithCalls whole(String text) {
        return AnswerWithCalls.of(this, text);
    }

    /** True if the answer has calls, and the last one is whole. */
    public boolean called() {
        return calls > 0 && reader.whole();
    }

    /**
     * OpenAI's word for why an answer ended.
     *
     * @param called true if it has calls, and the last one is whole
     */
    public static String finishReason(FinishReason reason, boolean called) {
        return called && reason == FinishReason.STOP ? "tool_calls" : reason.word();
    }
}
