package io.souffleur.actors.wire;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Plain JSON: null, booleans, numbers, texts, lists and maps with texts as keys, to a limited depth. */
final class TreeCodec implements ValueCodec {
  private static final int NULL = 0;
  private static final int FALSE = 1;
  private static final int TRUE = 2;
  private static final int INT = 3;
  private static final int LONG = 4;
  private static final int DOUBLE = 5;
  private static final int BIG_INTEGER = 6;
  private static final int BIG_DECIMAL = 7;
  private static final int TEXT = 8;
  private static final int LIST = 9;
  private static final int MAP = 10;

  /** Parsing digits takes time that grows faster than their number. */
  private static final int DIGITS_MAX = 1_000;

  private final Bounds bounds;

  TreeCodec(Bounds bounds) {
    this.bounds = bounds;
  }

  @Override
  public int bytesMin() {
    return 1;
  }

  @Override
  public void write(Output output, Object value) {
    write(output, value, bounds.limits().depthMax());
  }

  private void write(Output output, Object value, int levels) {
    requireLevel(levels);
    switch (value) {
      case null -> output.writeByte(NULL);
      case Boolean flag -> output.writeByte(flag ? TRUE : FALSE);
      case Integer number -> tagged(output, INT).writeInt(number);
      case Long number -> tagged(output, LONG).writeLong(number);
      case Double number -> tagged(output, DOUBLE).writeDouble(number);
      case Float number -> tagged(output, DOUBLE).writeDouble(number);
      case BigInteger number ->
        bounds.writeText(tagged(output, BIG_INTEGER), digits(number.toString()));
      case BigDecimal number ->
        bounds.writeText(tagged(output, BIG_DECIMAL), digits(number.toString()));
      case String text -> bounds.writeText(tagged(output, TEXT), text);
      case List<?> list -> {
        bounds.writeCount(tagged(output, LIST), list.size());
        list.forEach(element -> write(output, element, levels - 1));
      }
      case Map<?, ?> map -> {
        bounds.writeCount(tagged(output, MAP), map.size());
        map.forEach((key, element) -> {
          bounds.writeText(output, (String) key);
          write(output, element, levels - 1);
        });
      }
      default ->
        throw new WireFormatException(value.getClass().getName() + " has no place in a JSON tree");
    }
  }

  private static Output tagged(Output output, int tag) {
    output.writeByte(tag);
    return output;
  }

  @Override
  public Object read(Input input) {
    return read(input, bounds.limits().depthMax());
  }

  private Object read(Input input, int levels) {
    requireLevel(levels);
    int tag = input.readByte();
    return switch (tag) {
      case NULL -> null;
      case FALSE -> false;
      case TRUE -> true;
      case INT -> input.readInt();
      case LONG -> input.readLong();
      case DOUBLE -> input.readDouble();
      case BIG_INTEGER -> new BigInteger(digits(bounds.readText(input)));
      case BIG_DECIMAL -> new BigDecimal(digits(bounds.readText(input)));
      case TEXT -> bounds.readText(input);
      case LIST -> readList(input, levels - 1);
      case MAP -> readMap(input, levels - 1);
      default -> throw new WireFormatException("a JSON value of unknown kind " + tag);
    };
  }

  private List<Object> readList(Input input, int levels) {
    int count = bounds.readCount(input, 1);
    List<Object> list = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      list.add(read(input, levels));
    }
    return list;
  }

  private Map<String, Object> readMap(Input input, int levels) {
    int count = bounds.readCount(input, Integer.BYTES + 1);
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      map.put(bounds.readText(input), read(input, levels));
    }
    return map;
  }

  private void requireLevel(int levels) {
    if (levels == 0) {
      throw new WireFormatException(
          "a JSON tree of more than " + bounds.limits().depthMax() + " levels");
    }
  }

  private static String digits(String number) {
    if (number.length() > DIGITS_MAX) {
      throw new WireFormatException(
          "a number of " + number.length() + " characters, allowed are at most " + DIGITS_MAX);
    }
    return number;
  }
}
