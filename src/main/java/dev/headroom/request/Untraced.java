package dev.headroom.request;

import java.util.Map;
import java.util.Optional;

/** A trace of which nothing is kept. */
record Untraced() implements RequestTrace {

    @Override
    public boolean isOn() {
        return false;
    }

    @Override
    public void answered(Timing timing, long createdNanos) {}

    @Override
    public void ran(BatchRun batch) {}

    @Override
    public void generated(GeneratedText text) {}

    @Override
    public RequestTrace event(Map<String, String> attributes) {
        return this;
    }

    @Override
    public Map<String, String> passedOn(Map<String, String> attributes) {
        return attributes;
    }

    @Override
    public void ended(Optional<Failure> why) {}
}
