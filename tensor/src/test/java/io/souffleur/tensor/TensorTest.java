package io.souffleur.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class TensorTest {
  @Test
  void allocatedMemoryIsZeroedAndAligned() {
    try (Arena arena = Arena.ofConfined()) {
      Tensor tensor = Tensor.allocate(arena, DType.F32, 3, 5);
      assertEquals(0, tensor.memory().address() % Tensor.ALIGNMENT_BYTES);
      assertEquals(60, tensor.memory().byteSize());
      assertEquals(0f, tensor.getFloat(14));
    }
  }

  @Test
  void refusesMemoryOfAnotherSize() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(20);
      String message = assertThrows(
              IllegalArgumentException.class, () -> new Tensor(memory, DType.BF16, Shape.of(3, 3)))
          .getMessage();
      assertEquals("BF16 [3, 3] needs 18 B, segment has 20 B", message);
    }
  }

  @Test
  void rowsShareMemory() {
    try (Arena arena = Arena.ofConfined()) {
      Tensor tensor = Tensor.ofFloats(arena, new float[] {1, 2, 3, 4, 5, 6}, 3, 2);
      Tensor rows = tensor.rows(1, 2);
      assertEquals(Shape.of(2, 2), rows.shape());
      assertEquals(3f, rows.getFloat(0));
      rows.setFloat(3, 9);
      assertEquals(9f, tensor.getFloat(5));
    }
  }

  @Test
  void reshapeKeepsTheElements() {
    try (Arena arena = Arena.ofConfined()) {
      Tensor tensor = Tensor.ofFloats(arena, new float[] {1, 2, 3, 4}, 4);
      assertEquals(3f, tensor.reshape(2, 2).rows(1, 1).getFloat(0));
      assertThrows(IllegalArgumentException.class, () -> tensor.reshape(3));
    }
  }

  @Test
  void shapesCountFromBothEnds() {
    Shape shape = Shape.of(2, 3, 4);
    assertEquals(24, shape.elements());
    assertEquals(3, shape.rank());
    assertEquals(4, shape.dim(-1));
    assertEquals(2, shape.intDim(0));
    assertEquals(1, Shape.of().elements());
    assertEquals(Shape.of(2, 3, 4), shape);
    assertEquals(Shape.of(2, 3, 4).hashCode(), shape.hashCode());
    assertNotEquals(Shape.of(2, 12), shape);
    assertEquals("[2, 3, 4]", shape.toString());
  }

  @Test
  void impossibleShapesAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Shape.of(2, -1));
    assertThrows(ArithmeticException.class, () -> Shape.of(Long.MAX_VALUE, 2));
    assertThrows(ArithmeticException.class, () -> DType.F64.bytes(Long.MAX_VALUE));
  }

  @Test
  void shapeDoesNotFollowTheArrayItWasMadeFrom() {
    long[] dims = {2, 3};
    Shape shape = Shape.of(dims);
    dims[0] = 9;
    assertTrue(shape.equals(Shape.of(2, 3)));
  }
}
