package io.souffleur.scheduler;

import io.souffleur.contracts.step.LevelCells;
import java.util.Optional;

/**
 * What an engine has for pictures.
 *
 * @param featureRows rows of the feature store; 0: the model takes no pictures
 * @param stepPatches patches that one step encodes at most
 * @param patchBytes bytes of one patch
 * @param cells each with room for {@code stepPatches} patches
 */
public record Eyes(int featureRows, int stepPatches, int patchBytes, Optional<LevelCells> cells) {
  /** The model takes no pictures. */
  public static final Eyes NONE = new Eyes(0, 0, 0, Optional.empty());

  boolean open() {
    return featureRows > 0 && cells.isPresent();
  }
}
