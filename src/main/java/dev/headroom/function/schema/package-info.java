/**
 * JSON Schemas that requests send: read as the shapes that generated text is held to.
 *
 * <p>Begin with JsonSchema.
 */
package dev.headroom.function.schema;
