package dev.headroom.task;

import ai.djl.huggingface.tokenizers.jni.CharSpan;

/**
 * The places of a text's code points.
 *
 * @param chars the index of each in the text
 * @param bytes the index of each in its UTF-8
 */
record TextPlaces(String text, int[] chars, int[] bytes) {

    static TextPlaces in(String text) {
        int count = text.codePointCount(0, text.length());
        int[] chars = new int[count + 1];
        int[] bytes = new int[count + 1];
        for (int i = 0; i < count; i++) {
            int codePoint = text.codePointAt(chars[i]);
            chars[i + 1] = chars[i] + Character.charCount(codePoint);
            bytes[i + 1] = bytes[i] + (codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4);
        }
        return new TextPlaces(text, chars, bytes);
    }

    /** The token that stands for these code points, with its place in bytes. */
    TextToken token(long id, CharSpan span) {
        String word = text.substring(chars[span.getStart()], chars[span.getEnd()]);
        return new TextToken(id, word, false, bytes[span.getStart()], bytes[span.getEnd()]);
    }
}
