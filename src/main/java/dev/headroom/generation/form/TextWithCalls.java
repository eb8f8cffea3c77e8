package dev.headroom.generation.form;

import dev.headroom.template.calls.CallSearch;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Any text in which tools may be called. It is free up to the bracket that begins a call's arguments; these are held to their shape,
 * and behind them the text is free again.
 */
final class TextWithCalls implements JsonProgress {

    /** Behind the only call. */
    private static final JsonReading OVER = JsonReading.at(new JsonPlace.End());

    private final CallForm form;
    private Place place;

    /**
     * The place that the text has reached.
     *
     * @param search looks for calls, also while there is one
     * @param arguments the arguments that are read; empty in free text
     */
    private record Place(CallSearch search, Optional<JsonReading> arguments) {

        boolean free() {
            return arguments.isEmpty();
        }

        boolean refused() {
            return !free() && arguments.get().refused();
        }
    }

    TextWithCalls(CallForm form) {
        this.form = form;
        place = new Place(CallSearch.begin(form.frame(), form.names()), Optional.empty());
    }

    private Place after(Place from, String text) {
        Place at = from;
        for (int i = 0; i < text.length() && !at.refused(); i++) {
            at = at.free() ? text(at.search.after(text.charAt(i))) : arguments(at, text.charAt(i));
        }
        return at;
    }

    private Place text(CallSearch search) {
        OptionalInt tool = search.found();
        return new Place(search, tool.isEmpty() ? Optional.empty() : Optional.of(begun(tool.getAsInt())));
    }

    private JsonReading begun(int tool) {
        return JsonReading.of(form.tools().get(tool).arguments()).after('{');
    }

    private Place arguments(Place at, char c) {
        JsonReading next = at.arguments.get().after(c);
        if (!next.closed()) {
            return new Place(at.search, Optional.of(next));
        }
        return form.several()
                ? new Place(at.search.behindCall(), Optional.empty())
                : new Place(at.search, Optional.of(OVER));
    }

    @Override
    public boolean allows(String text) {
        return !after(place, text).refused();
    }

    @Override
    public void read(String text) {
        place = after(place, text);
    }

    @Override
    public void readPart() {
        place = place.free()
                ? text(place.search.after(Character.MAX_VALUE))
                : new Place(place.search, Optional.of(place.arguments.get().afterPart()));
    }

    @Override
    public boolean inString() {
        return place.free() || place.arguments.get().inString();
    }

    @Override
    public boolean takesAny() {
        return place.free();
    }

    @Override
    public boolean mayEnd() {
        return place.free() || closed();
    }

    @Override
    public boolean closed() {
        return !place.free() && place.arguments.get().closed();
    }
}
