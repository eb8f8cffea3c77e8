package dev.headroom.template;

import java.util.AbstractList;
import java.util.List;

/** A tuple: a list whose text has round brackets. */
final class Tuple extends AbstractList<Object> {

    private final List<Object> parts;

    Tuple(List<Object> parts) {
        this.parts = parts;
    }

    @Override
    public Object get(int index) {
        return parts.get(index);
    }

    @Override
    public int size() {
        return parts.size();
    }
}
