package io.souffleur.actors.wire;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Finds the codec of a declared type: primitives, texts, arrays, enums, records, sealed interfaces of
 * records, lists, maps, JSON, references.
 */
final class CodecChoice {
  private final Bounds bounds;
  private final TreeCodec trees;

  private final References references;

  CodecChoice(WireLimits limits, References references) {
    this.bounds = new Bounds(limits);
    this.references = references;
    this.trees = new TreeCodec(bounds);
  }

  /** @throws IllegalArgumentException when there is none: an error of this build, found at start */
  ValueCodec of(Type type) {
    if (type instanceof WildcardType) {
      return trees;
    }
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == List.class) {
        return list(of(arguments[0]));
      }
      if (generic.getRawType() == ActorRef.class) {
        return new ValueCodec.Of<ActorRef<?>>(
            Integer.BYTES,
            (output, reference) -> bounds.writeText(output, references.text(reference)),
            input -> references.of(bounds.readText(input)));
      }
      if (generic.getRawType() == Map.class && arguments[0] == String.class) {
        return map(of(arguments[1]));
      }
    }
    if (type instanceof Class<?> plain) {
      return ofClass(plain);
    }
    throw new IllegalArgumentException("no wire codec for " + type.getTypeName());
  }

  private ValueCodec ofClass(Class<?> type) {
    if (type.isRecord()) {
      return new RecordCodec(type.asSubclass(Record.class), this);
    }
    if (type.isEnum()) {
      return constants(type.getEnumConstants());
    }
    if (type.isSealed()) {
      return oneOf(type.getPermittedSubclasses());
    }
    return switch (type.getName()) {
      case "boolean" -> new ValueCodec.Of<>(1, Output::writeBoolean, CodecChoice::flag);
      case "int", "java.lang.Integer" ->
        new ValueCodec.Of<Integer>(4, (o, v) -> o.writeInt(v), Input::readInt);
      case "long", "java.lang.Long" ->
        new ValueCodec.Of<Long>(8, (o, v) -> o.writeLong(v), Input::readLong);
      case "float" -> new ValueCodec.Of<Float>(4, (o, v) -> o.writeFloat(v), Input::readFloat);
      case "java.lang.String" -> new ValueCodec.Of<String>(4, bounds::writeText, bounds::readText);
      case "java.util.OptionalInt" ->
        new ValueCodec.Of<OptionalInt>(1, CodecChoice::writeOptional, CodecChoice::readOptional);
      case "[B" -> new ValueCodec.Of<byte[]>(4, bounds::writeBytes, bounds::readBytes);
      case "[I" -> new ValueCodec.Of<int[]>(4, this::writeInts, this::readInts);
      case "[F" -> new ValueCodec.Of<float[]>(4, this::writeFloats, this::readFloats);
      default -> throw new IllegalArgumentException("no wire codec for " + type.getName());
    };
  }

  private static void writeOptional(Output output, OptionalInt value) {
    output.writeBoolean(value.isPresent());
    if (value.isPresent()) {
      output.writeInt(value.getAsInt());
    }
  }

  private static OptionalInt readOptional(Input input) {
    return flag(input) ? OptionalInt.of(input.readInt()) : OptionalInt.empty();
  }

  private static boolean flag(Input input) {
    byte value = input.readByte();
    if (value != 0 && value != 1) {
      throw new WireFormatException("a flag of " + value + ", allowed are 0 and 1");
    }
    return value == 1;
  }

  private static ValueCodec constants(Object[] constants) {
    return new ValueCodec.Of<Enum<?>>(
        1, (output, value) -> output.writeByte(value.ordinal()), input -> {
          int ordinal = input.readByteUnsigned();
          if (ordinal >= constants.length) {
            throw new WireFormatException(
                "constant " + ordinal + " of " + constants.length + " that are known");
          }
          return (Enum<?>) constants[ordinal];
        });
  }

  /** Which of the records it is, as a byte, then the record. */
  private ValueCodec oneOf(Class<?>[] records) {
    List<Class<?>> types = List.of(records);
    List<ValueCodec> codecs = types.stream().map(this::ofClass).toList();
    return new ValueCodec.Of<Record>(
        1,
        (output, value) -> {
          int index = types.indexOf(value.getClass());
          output.writeByte(index);
          codecs.get(index).write(output, value);
        },
        input -> {
          int index = input.readByteUnsigned();
          if (index >= types.size()) {
            throw new WireFormatException("kind " + index + " of " + types.size());
          }
          return (Record) codecs.get(index).read(input);
        });
  }

  private void writeInts(Output output, int[] values) {
    bounds.writeCount(output, values.length);
    output.writeInts(values, 0, values.length);
  }

  private int[] readInts(Input input) {
    return input.readInts(bounds.readCount(input, Integer.BYTES));
  }

  private void writeFloats(Output output, float[] values) {
    bounds.writeCount(output, values.length);
    output.writeFloats(values, 0, values.length);
  }

  private float[] readFloats(Input input) {
    return input.readFloats(bounds.readCount(input, Float.BYTES));
  }

  private ValueCodec list(ValueCodec element) {
    return new ValueCodec.Of<List<?>>(
        4,
        (output, values) -> {
          bounds.writeCount(output, values.size());
          values.forEach(value -> element.write(output, value));
        },
        input -> {
          int count = bounds.readCount(input, element.bytesMin());
          List<Object> values = new ArrayList<>();
          for (int i = 0; i < count; i++) {
            values.add(element.read(input));
          }
          return values;
        });
  }

  private ValueCodec map(ValueCodec value) {
    return new ValueCodec.Of<Map<String, ?>>(
        4,
        (output, entries) -> {
          bounds.writeCount(output, entries.size());
          entries.forEach((key, of) -> {
            bounds.writeText(output, key);
            value.write(output, of);
          });
        },
        input -> {
          int count = bounds.readCount(input, Integer.BYTES + value.bytesMin());
          Map<String, Object> entries = new LinkedHashMap<>();
          for (int i = 0; i < count; i++) {
            entries.put(bounds.readText(input), value.read(input));
          }
          return entries;
        });
  }
}
