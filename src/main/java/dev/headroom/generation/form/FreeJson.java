package dev.headroom.generation.form;

/** JSON of any object. */
final class FreeJson implements JsonProgress {

    private final JsonState state = new JsonState();
    private final JsonState trial = new JsonState();

    @Override
    public boolean allows(String text) {
        trial.copy(state);
        return trial.read(text);
    }

    @Override
    public void read(String text) {
        state.read(text);
    }

    @Override
    public void readPart() {
        // the string goes on
    }

    @Override
    public boolean inString() {
        return state.inString();
    }

    @Override
    public boolean mayEnd() {
        return state.closed();
    }

    @Override
    public boolean closed() {
        return state.closed();
    }
}
