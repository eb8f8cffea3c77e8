/**
 * Models by their names on the Hugging Face Hub: its protocol, and a cache with the layout of the library huggingface_hub.
 *
 * <p>Begin with {@link dev.headroom.hub.Hub}.
 */
package dev.headroom.hub;
