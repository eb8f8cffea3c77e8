/**
 * Reads the body of a request within bounded memory.
 *
 * <p>Begin with RequestMemory and BodyJson.
 */
package dev.headroom.function.body;
