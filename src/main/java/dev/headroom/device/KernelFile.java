package dev.headroom.device;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A small text of the kernel under /proc or /sys. A file that cannot be read is an empty text. */
record KernelFile(Path path) {

    /** The answer of {@link #number} where there is none. */
    static final long NONE = -1;

    String text() {
        try {
            return new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    /**
     * The number behind a key at the beginning of a line ("MemTotal:  24684092 kB"), or the first of the file for an
     * empty key. One of more than 18 digits is none: that is how cgroups of version 1 say "no limit".
     */
    long number(String key) {
        Matcher line = Pattern.compile("(?m)^" + Pattern.quote(key) + "\\s*(\\d{1,18})\\b")
                .matcher(text());
        return line.find() ? Long.parseLong(line.group(1)) : NONE;
    }

    /** The words behind a key at the beginning of a line. */
    Optional<String> words(String key) {
        return text().lines()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(key.length()).strip())
                .filter(words -> !words.isEmpty())
                .findFirst();
    }
}
