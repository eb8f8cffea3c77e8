package dev.headroom.function.tools;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.headroom.generation.form.ParameterTypes;
import dev.headroom.template.calls.ElementFrame;
import dev.headroom.template.calls.ElementScan;
import java.util.HashSet;
import java.util.Set;

/**
 * Arguments of which each has an element of its own. A text is told as it comes, any other value once it is whole. Exactly the white
 * space that the template writes around a value is no part of it. A key that comes again is left out, because its first value is told.
 */
final class ElementArguments implements ArgumentReader {

    private static final JsonStringEncoder ESCAPES = JsonStringEncoder.getInstance();
    private static final Set<String> TEXT = Set.of("string");

    private final ElementFrame frame;
    private final ParameterTypes types;
    private final StringBuilder part = new StringBuilder(); // of the key, or what was not told of the value
    private ElementScan scan;
    private Set<String> type = Set.of(); // of the value that is read
    private boolean begun; // the value, which is told as it comes
    private boolean repeated; // the key, whose value is not told again
    private final Set<String> keys = new HashSet<>();

    /** Behind the mark that opens the first element. */
    ElementArguments(ElementFrame frame, ParameterTypes types) {
        this.frame = frame;
        this.types = types;
        this.scan = ElementScan.begin(frame);
    }

    @Override
    public void read(char c, StringBuilder to) {
        ElementScan.Place place = scan.place();
        part.append(c);
        scan = scan.after(c);
        if (scan.place() == place) {
            tellText(part.length() - scan.held().length(), to);
            return;
        }
        part.setLength(part.length() - scan.ended());
        switch (place) {
            case KEY -> key(to);
            case VALUE -> value(to);
            case END -> throw new IllegalStateException("Nothing is read behind the arguments");
        }
        part.setLength(0);
    }

    private void key(StringBuilder to) {
        String key = part.toString().strip();
        type = types.of(key);
        begun = false;
        String comma = keys.isEmpty() ? "" : ", ";
        repeated = !keys.add(key);
        if (!repeated) {
            to.append(comma).append('"');
            ESCAPES.quoteAsString(key, to);
            to.append(isText() ? "\": \"" : "\": ");
        }
    }

    private boolean isText() {
        return type.equals(TEXT);
    }

    private void value(StringBuilder to) {
        if (!repeated) {
            tellValue(to);
        }
        if (whole()) {
            to.append('}');
        }
    }

    private void tellValue(StringBuilder to) {
        cutBefore();
        cutBehind();
        if (isText()) {
            ESCAPES.quoteAsString(part, to);
            to.append('"');
        } else {
            to.append(new ElementValue(part.toString(), type).json(frame.json()));
        }
    }

    private void cutBefore() {
        if (!begun && part.indexOf(frame.blankBefore()) == 0) {
            part.delete(0, frame.blankBefore().length());
        }
        begun = true;
    }

    private void cutBehind() {
        int end = part.length() - frame.blankBehind().length();
        if (end >= 0 && part.substring(end).equals(frame.blankBehind())) {
            part.setLength(end);
        }
    }

    /** Tells the first characters of a text, but for white space that may stand behind it. */
    private void tellText(int known, StringBuilder to) {
        if (scan.place() != ElementScan.Place.VALUE
                || !isText()
                || repeated
                || !begun && known <= frame.blankBefore().length()) {
            return;
        }
        int length = part.length();
        cutBefore();
        int told = known - (length - part.length());
        told -= blanks(told);
        if (told > 0) {
            ESCAPES.quoteAsString(part.substring(0, told), to);
            part.delete(0, told);
        }
    }

    /** The last of so many characters that may stand behind the text. */
    private int blanks(int known) {
        int blanks = Math.min(Math.max(0, known), frame.blankBehind().length());
        while (blanks > 0 && !frame.blankBehind().startsWith(part.substring(known - blanks, known))) {
            blanks--;
        }
        return blanks;
    }

    @Override
    public boolean whole() {
        return scan.place() == ElementScan.Place.END;
    }
}
