/**
 * Numbers in memory: element types, shapes, typed views of memory that somebody else owns, mapped
 * files and number formats.
 *
 * <p>The lowest room of the house. It knows nothing of models, requests or threads, and allocates
 * only where a method's name says so.
 */
package io.souffleur.tensor;
