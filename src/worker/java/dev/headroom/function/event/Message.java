package dev.headroom.function.event;

import java.util.Map;

/**
 * An event as a broker's protocol carries it.
 *
 * @param attributes the event's attributes by their names; empty in structured mode, where the body holds them
 * @param contentType of the body; empty where the message has none
 */
public record Message(Map<String, String> attributes, String contentType, byte[] body) {}
