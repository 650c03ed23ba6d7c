package io.souffleur.models;

/**
 * What buffers of a step take, at most, before anything is loaded.
 *
 * @param rowBytes for each row that goes through the layers
 * @param logitRowBytes more for each row whose logits are wanted, these included
 */
public record StepDemand(long rowBytes, long logitRowBytes) {
  public long bytes(int rows, int logitRows) {
    return rows * rowBytes + logitRows * logitRowBytes;
  }
}
