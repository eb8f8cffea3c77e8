/**
 * How a chat template writes the calls of tools, found by having it write some, and where such calls begin and end in a text.
 *
 * <p>Begin with FrameFinder, then CallFrame and CallSearch.
 */
package dev.headroom.template.calls;
