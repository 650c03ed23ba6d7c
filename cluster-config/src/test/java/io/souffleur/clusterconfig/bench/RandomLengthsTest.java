package io.souffleur.clusterconfig.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** Numbers of the original generators, drawn by NumPy 2.4 and Python 3. */
class RandomLengthsTest {
  private static JsonNode cases() throws IOException {
    try (InputStream in = RandomLengthsTest.class.getResourceAsStream("bench-random-lens.json")) {
      return new ObjectMapper().readTree(in).path("cases");
    }
  }

  private static int[] numbers(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .mapToInt(JsonNode::asInt)
        .toArray();
  }

  @Test
  void lengthsEqualTheVectors() throws IOException {
    int checked = 0;
    for (JsonNode one : cases()) {
      NumpyRandom numpy = new NumpyRandom(one.path("seed").asLong());
      int count = one.path("num_prompts").asInt();
      double ratio = one.path("range_ratio").asDouble();
      int[] inputs =
          RandomPrompts.lengths(numpy, one.path("random_input_len").asInt(), ratio, count);
      int[] outputs =
          RandomPrompts.lengths(numpy, one.path("random_output_len").asInt(), ratio, count);

      assertEquals(one.path("sum_input").asInt(), Arrays.stream(inputs).sum());
      assertEquals(one.path("sum_output").asInt(), Arrays.stream(outputs).sum());
      boolean whole = one.has("input_lens");
      int[] first = numbers(one.path(whole ? "input_lens" : "first_input_lens"));
      int[] second = numbers(one.path(whole ? "output_lens" : "first_output_lens"));
      assertArrayEquals(first, Arrays.copyOf(inputs, first.length));
      assertArrayEquals(second, Arrays.copyOf(outputs, second.length));
      checked++;
    }
    assertTrue(checked >= 8, "cases: " + checked);
  }

  @Test
  void arrivalsGoOnWhereLengthsEnd() {
    NumpyRandom numpy = new NumpyRandom(1);
    numpy.integers(1, 1001, 10);
    numpy.integers(1, 1001, 10);

    assertEquals(0.13583484265456128, numpy.exponential(0.25), 1e-15);
    assertEquals(0.28896992742735556, numpy.exponential(0.25), 1e-15);
    assertEquals(0.05718110188170758, numpy.exponential(0.25), 1e-15);
  }

  @Test
  void seedsHave32Bits() {
    NumpyRandom numpy = new NumpyRandom(4_294_967_295L);

    assertArrayEquals(new int[] {158115, 147746, 125964, 44103}, numpy.integers(0, 248_094, 4));
    assertArrayEquals(new int[] {5, 5}, numpy.integers(5, 6, 2));
    assertArrayEquals(new int[] {4, 0, 6}, numpy.integers(0, 7, 3));
  }

  @Test
  void shufflesAsPythonDoes() {
    List<Integer> one = new ArrayList<>(IntStream.range(0, 10).boxed().toList());
    List<Integer> other = new ArrayList<>(one);
    PythonRandom random = new PythonRandom(42);

    new PythonRandom(1).shuffle(one);
    random.shuffle(other);

    assertEquals(List.of(6, 8, 9, 7, 5, 3, 0, 4, 1, 2), one);
    assertEquals(List.of(7, 3, 2, 8, 5, 6, 9, 4, 0, 1), other);
    assertEquals(604, random.below(1000));
    assertEquals(432, random.below(1000));
    assertEquals(32, random.below(1000));
  }
}
