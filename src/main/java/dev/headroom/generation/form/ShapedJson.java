package dev.headroom.generation.form;

/** JSON of a shape, or calls that are forced. */
final class ShapedJson implements JsonProgress {

    private JsonReading reading;

    ShapedJson(JsonShape shape) {
        this(JsonReading.of(shape));
    }

    ShapedJson(JsonReading reading) {
        this.reading = reading;
    }

    @Override
    public boolean allows(String text) {
        return !reading.after(text).refused();
    }

    @Override
    public void read(String text) {
        reading = reading.after(text);
    }

    @Override
    public void readPart() {
        reading = reading.afterPart();
    }

    @Override
    public boolean inString() {
        return reading.inString();
    }

    @Override
    public boolean mayEnd() {
        return reading.mayEnd();
    }

    @Override
    public boolean closed() {
        return reading.closed();
    }
}
