/**
 * The form that a generated text must keep: one JSON object, an object of a schema, or calls of tools. Characters are read one by
 * one, and a text that cannot be continued to the form is refused.
 *
 * <p>Begin with TextForm, then JsonProgress.
 */
package dev.headroom.generation.form;
