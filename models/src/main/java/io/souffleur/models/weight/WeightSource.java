package io.souffleur.models.weight;

import io.souffleur.models.InvalidModelException;
import io.souffleur.models.Progress;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Set;

/** Named weight tensors, from files or from nowhere. */
public interface WeightSource extends AutoCloseable {
  /** All names, for deciding which prefixes and heads are used. */
  Set<String> names();

  boolean has(String name);

  /** Element type of {@code name}: F32, BF16 or F16. */
  DType dtype(String name) throws InvalidModelException;

  /**
   * The tensor {@code name} of exactly the given shape, F32, BF16 or F16.
   *
   * @param scratch holds the bytes of tensors that do not lie in a mapped file; shared, because several
   *     threads may fill them
   * @throws InvalidModelException when it is missing, shaped otherwise or of another type
   */
  Tensor tensor(String name, Arena scratch, long... dims) throws InvalidModelException;

  /** Whether tensors are mapped files that stay valid until {@link #close}, whatever the scratch. */
  boolean mapped();

  /**
   * A name of the content: equal for equal weights, different for different ones.
   *
   * @param progress hears the bytes that had to be read; nothing when all digests are remembered
   */
  String contentDigest(DigestMemory memory, Progress progress) throws IOException;

  /** Bytes of all files, 0 if there are none. */
  long fileBytes();

  @Override
  void close();
}
