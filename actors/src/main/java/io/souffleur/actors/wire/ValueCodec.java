package io.souffleur.actors.wire;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;

/** Bytes of one kind of value. Stateless. */
interface ValueCodec {
  void write(Output output, Object value);

  Object read(Input input);

  /** Fewest bytes of a value, at least 1. */
  int bytesMin();

  /** Writes or reads through a pair of functions. */
  record Of<T>(int bytesMin, Writer<T> writer, Reader<T> reader) implements ValueCodec {
    interface Writer<T> {
      void write(Output output, T value);
    }

    interface Reader<T> {
      T read(Input input);
    }

    @Override
    @SuppressWarnings("unchecked") // a codec is chosen by the declared type of its component
    public void write(Output output, Object value) {
      writer.write(output, (T) value);
    }

    @Override
    public Object read(Input input) {
      return reader.read(input);
    }
  }
}
