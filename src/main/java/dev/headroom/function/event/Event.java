package dev.headroom.function.event;

import java.util.Map;
import java.util.Optional;

/**
 * A CloudEvent that asks for inference, in whichever mode it came.
 *
 * @param attributes all its attributes by their names, extensions included
 */
record Event(Map<String, String> attributes, EventData data) {

    /** The attribute's value; empty where it is left out or empty. */
    Optional<String> attribute(String name) {
        return Optional.ofNullable(attributes.get(name)).filter(value -> !value.isEmpty());
    }

    /**
     * A digest that tells the event from others. The specification identifies an event by its source and id. The data
     * is part of the digest too, because people who post events by hand often keep the id.
     */
    String fingerprint() {
        Fingerprint fingerprint = new Fingerprint()
                .add(attributes.get("source"))
                .add(attributes.get("id"))
                .add(attribute("model").orElse(""))
                .add(data.mediaType());
        data.addTo(fingerprint);
        return fingerprint.hex();
    }
}
