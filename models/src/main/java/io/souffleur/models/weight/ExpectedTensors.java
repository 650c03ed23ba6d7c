package io.souffleur.models.weight;

import io.souffleur.models.InvalidModelException;
import io.souffleur.tensor.Shape;
import java.lang.foreign.Arena;
import java.util.List;

/**
 * Every tensor of a model with its shape, as the config asks for it.
 *
 * <p>Checked as a whole before any weight is read, so that a wrong folder is refused at once and not
 * after minutes of packing.
 */
public record ExpectedTensors(List<Entry> entries) {
  /** One tensor by its name in the file. */
  public record Entry(String name, long... dims) {}

  /** Sum of all elements. */
  public long parameters() {
    return entries.stream().mapToLong(e -> Shape.of(e.dims()).elements()).sum();
  }

  /** @throws InvalidModelException naming the first tensor that is missing or wrong */
  public void check(WeightSource source) throws InvalidModelException {
    if (!source.mapped()) {
      return;
    }
    try (Arena unused = Arena.ofConfined()) {
      for (Entry entry : entries) {
        source.tensor(entry.name(), unused, entry.dims());
      }
    }
  }
}
