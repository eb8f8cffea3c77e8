package dev.headroom.generation;

import dev.headroom.task.TextTokenizer;
import dev.headroom.template.calls.CallFrame;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Makes text of tokens, also of some special ones.
 *
 * @param texts those special tokens, which belong to calls, with their texts
 */
record SpokenTokens(TextTokenizer tokenizer, Map<Integer, String> texts) implements TokenDecoder {

    /** Those that a frame has, without the ones that end a sequence. */
    static SpokenTokens of(CallFrame frame, TextTokenizer tokenizer, Set<Integer> ends) {
        Map<Integer, String> texts = new TreeMap<>();
        for (int token : tokenizer.encode(frame.whole(), false)) {
            if (!ends.contains(token) && tokenizer.piece(token, true).isEmpty()) {
                texts.put(token, tokenizer.piece(token, false));
            }
        }
        return new SpokenTokens(tokenizer, texts);
    }

    @Override
    public String decode(int[] ids) {
        if (texts.isEmpty()) {
            return tokenizer.decode(ids);
        }
        StringBuilder text = new StringBuilder();
        int from = 0;
        for (int i = 0; i < ids.length; i++) {
            String spoken = texts.get(ids[i]);
            if (spoken != null) {
                text.append(tokenizer.decode(Arrays.copyOfRange(ids, from, i))).append(spoken);
                from = i + 1;
            }
        }
        return text.append(tokenizer.decode(Arrays.copyOfRange(ids, from, ids.length)))
                .toString();
    }
}
