/** Vision towers: encoders over patches, with their mergers. */
package io.souffleur.models.vision;
