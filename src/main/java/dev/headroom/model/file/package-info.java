/**
 * Files of a model's folder, read with errors that name the file, the field and the remedy.
 *
 * <p>Begin with CheckedJson and BrokenModelException.
 */
package dev.headroom.model.file;
