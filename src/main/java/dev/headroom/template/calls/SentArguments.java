package dev.headroom.template.calls;

import java.util.AbstractMap;
import java.util.Map;
import java.util.Set;

/** The arguments of a call: an object that knows the text that it was read from, which some templates write as it is. */
public final class SentArguments extends AbstractMap<String, Object> {

    private final Map<String, Object> object;
    private final String text;

    /**
     * Arguments.
     *
     * @param text the object as JSON
     */
    public SentArguments(Map<String, Object> object, String text) {
        this.object = object;
        this.text = text;
    }

    /** The object as JSON. */
    String text() {
        return text;
    }

    @Override
    public Set<Entry<String, Object>> entrySet() {
        return object.entrySet();
    }
}
