package io.souffleur.actors.wire;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A record as its components, in order; reading runs the record's own checks. Commands of actors are not
 * public, so access is forced.
 */
final class RecordCodec implements ValueCodec {
  private record Part(RecordComponent component, ValueCodec codec) {}

  private final Constructor<? extends Record> constructor;
  private final List<Part> parts = new ArrayList<>();
  private final int bytesMin;

  RecordCodec(Class<? extends Record> type, CodecChoice choice) {
    RecordComponent[] components = type.getRecordComponents();
    for (RecordComponent component : components) {
      component.getAccessor().setAccessible(true);
      parts.add(new Part(component, choice.of(component.getGenericType())));
    }
    bytesMin = Math.max(1, parts.stream().mapToInt(p -> p.codec().bytesMin()).sum());
    try {
      constructor = type.getDeclaredConstructor(
          Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
      constructor.setAccessible(true);
    } catch (NoSuchMethodException impossible) {
      throw new IllegalArgumentException(type + " has no canonical constructor", impossible);
    }
  }

  @Override
  public int bytesMin() {
    return bytesMin;
  }

  @Override
  public void write(Output output, Object value) {
    for (Part part : parts) {
      part.codec().write(output, component(part, value));
    }
  }

  private static Object component(Part part, Object value) {
    try {
      return part.component().getAccessor().invoke(value);
    } catch (IllegalAccessException | InvocationTargetException failure) {
      throw new WireFormatException("cannot read " + part.component(), failure);
    }
  }

  @Override
  public Record read(Input input) {
    Object[] values = new Object[parts.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = parts.get(i).codec().read(input);
    }
    try {
      return constructor.newInstance(values);
    } catch (InvocationTargetException refused) {
      throw new WireFormatException(
          "a " + constructor.getDeclaringClass().getSimpleName() + " that is not allowed: "
              + refused.getCause().getMessage(),
          refused);
    } catch (InstantiationException | IllegalAccessException failure) {
      throw new WireFormatException("cannot make " + constructor, failure);
    }
  }
}
