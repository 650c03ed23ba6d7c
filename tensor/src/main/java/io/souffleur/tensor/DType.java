package io.souffleur.tensor;

/** Element types that tensors, weight files and caches use, named as safetensors names them. */
public enum DType {
  F32(4),
  BF16(2),
  F16(2),
  F64(8),
  I64(8),
  I32(4),
  U8(1),
  I8(1),
  BOOL(1),
  F8_E4M3(1);

  private final int elementBytes;

  DType(int elementBytes) {
    this.elementBytes = elementBytes;
  }

  /** Bytes of one element. */
  public int elementBytes() {
    return elementBytes;
  }

  /** Bytes of {@code elements} elements; throws {@link ArithmeticException} on overflow. */
  public long bytes(long elements) {
    return Math.multiplyExact(elements, (long) elementBytes);
  }
}
