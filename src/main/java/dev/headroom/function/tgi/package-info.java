/**
 * The door of clients of Hugging Face's text-generation-inference (TGI).
 *
 * <p>Begin with TgiRoute.
 */
package dev.headroom.function.tgi;
