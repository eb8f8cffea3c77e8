/**
 * Chat templates: the subset of Jinja that exporters of models use, without access to anything but the variables given.
 *
 * <p>Begin with ChatTemplate.
 */
package dev.headroom.template;
