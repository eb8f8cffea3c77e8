package dev.headroom.template;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The variable {@code loop} of a loop. */
final class Loops {

    private Loops() {}

    /** At one of the parts. */
    static Namespace at(List<Object> parts, int index) {
        int size = parts.size();
        Map<String, Object> loop = new LinkedHashMap<>();
        loop.put("index", index + 1L);
        loop.put("index0", (long) index);
        loop.put("revindex", (long) size - index);
        loop.put("revindex0", size - index - 1L);
        loop.put("first", index == 0);
        loop.put("last", index == size - 1);
        loop.put("length", (long) size);
        loop.put("depth", 1L);
        loop.put("depth0", 0L);
        loop.put("previtem", index > 0 ? parts.get(index - 1) : new Undefined("loop.previtem"));
        loop.put("nextitem", index < size - 1 ? parts.get(index + 1) : new Undefined("loop.nextitem"));
        loop.put("cycle", (Callable)
                given -> given.places().get(index % given.places().size()));
        return new Namespace(loop);
    }
}
