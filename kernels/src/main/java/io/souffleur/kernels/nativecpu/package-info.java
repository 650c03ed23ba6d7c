/**
 * Kernel providers in native code: own C sources compiled per instruction form, called through the
 * foreign function interface with one entry and one argument block.
 *
 * <p>All arithmetic of a step happens in the C code; Java here checks shapes, fills the block and
 * cuts the work into chunks. Different forms are different kernel sets: their fingerprints differ.
 */
package io.souffleur.kernels.nativecpu;
