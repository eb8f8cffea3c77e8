package dev.headroom.generation.form;

import dev.headroom.template.calls.CallSearch;
import dev.headroom.template.calls.ElementFrame;
import java.util.Optional;

/**
 * Any text in which tools may be called. It is free up to the bracket or the mark that begins a call's arguments; these are held to
 * their shape, and behind them the text is free again.
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
        Optional<CallSearch.Found> found = search.found();
        if (found.isEmpty()) {
            return new Place(search, Optional.empty());
        }
        CallForm.Tool tool = form.tools().get(found.get().tool());
        if (!found.get().whole()) {
            return new Place(search, Optional.of(begun(tool)));
        }
        return tool.elements().map(ElementShape::mayBeEmpty).orElse(true)
                ? behind(search)
                : new Place(search, Optional.of(JsonReading.REFUSED));
    }

    private JsonReading begun(CallForm.Tool tool) {
        return form.frame()
                .elements()
                .map(elements -> elements(elements, tool))
                .orElseGet(() -> JsonReading.of(tool.arguments()).after('{'));
    }

    /** An element may begin only where there is a parameter. */
    private static JsonReading elements(ElementFrame frame, CallForm.Tool tool) {
        return tool.elements().filter(shape -> shape.parameters().isEmpty()).isPresent()
                ? JsonReading.REFUSED
                : JsonReading.at(ElementPlace.opened(frame, tool, new JsonPlace.End()));
    }

    private Place arguments(Place at, char c) {
        JsonReading next = at.arguments.get().after(c);
        return next.closed() ? behind(at.search) : new Place(at.search, Optional.of(next));
    }

    private Place behind(CallSearch search) {
        return form.several() ? new Place(search.behindCall(), Optional.empty()) : new Place(search, Optional.of(OVER));
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
