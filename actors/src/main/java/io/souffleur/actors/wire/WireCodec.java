package io.souffleur.actors.wire;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Registration;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import com.esotericsoftware.kryo.util.Pool;
import java.util.List;
import java.util.stream.Stream;

/**
 * Turns messages into bytes and back, with Kryo. Safe for any number of threads.
 *
 * <pre>
 *   message   fingerprint of the build (4 B), number of the class (1 B), components
 * </pre>
 *
 * <p>Kryo's own class names, references, strings and collections are not used: they take memory by
 * lengths that a sender chooses.
 */
public final class WireCodec {
  private static final int POOLED_MAX = 16;
  private static final int BUFFER_BYTES = 512;

  private final int fingerprint = WireTypes.fingerprint();

  private final WireLimits limits;
  private final Pool<Kryo> pool;

  /** Knows values only: no message with a reference to an actor. */
  public WireCodec(WireLimits limits) {
    this(limits, References.NONE, WireTypes.ALL);
  }

  /** Knows envelopes too. */
  WireCodec(WireLimits limits, References references) {
    this(
        limits,
        references,
        Stream.concat(WireTypes.ALL.stream(), WireTypes.envelopes().stream()).toList());
  }

  private WireCodec(WireLimits limits, References references, List<WireTypes.Entry> types) {
    this.limits = limits;
    this.pool = new Pool<>(true, false, POOLED_MAX) {
      @Override
      protected Kryo create() {
        return kryo(new CodecChoice(limits, references), types);
      }
    };
  }

  private static Kryo kryo(CodecChoice choice, List<WireTypes.Entry> types) {
    var kryo = new Kryo();
    kryo.setRegistrationRequired(true);
    kryo.setReferences(false);
    for (WireTypes.Entry entry : types) {
      kryo.register(
          entry.type(), new Records(new RecordCodec(entry.type(), choice)), entry.number());
    }
    return kryo;
  }

  /** A record codec as Kryo wants it. */
  private static final class Records extends Serializer<Record> {
    private final RecordCodec codec;

    Records(RecordCodec codec) {
      super(false, true);
      this.codec = codec;
    }

    @Override
    public void write(Kryo kryo, Output output, Record value) {
      codec.write(output, value);
    }

    @Override
    public Record read(Kryo kryo, Input input, Class<? extends Record> type) {
      return codec.read(input);
    }
  }

  /** @throws WireFormatException when the message is of no known class or beyond a limit */
  public byte[] write(Object message) {
    Kryo kryo = pool.obtain();
    try (var output =
        new Output(Math.min(BUFFER_BYTES, limits.messageBytesMax()), limits.messageBytesMax())) {
      Registration registration = kryo.getRegistration(message.getClass());
      if (!(registration.getSerializer() instanceof Records records)) {
        throw new WireFormatException(message.getClass().getName() + " does not cross nodes");
      }
      output.writeInt(fingerprint);
      output.writeByte(registration.getId());
      kryo.writeObject(output, message, records);
      return output.toBytes();
    } catch (WireFormatException failure) {
      throw failure;
    } catch (RuntimeException failure) {
      throw new WireFormatException(
          "cannot write a " + message.getClass().getName() + ": " + failure.getMessage(), failure);
    } finally {
      pool.free(kryo);
    }
  }

  /** @throws WireFormatException when the bytes are not exactly one message that a {@link #write} gave */
  public Object read(byte[] bytes) {
    if (bytes.length > limits.messageBytesMax()) {
      throw new WireFormatException(
          "a message of " + bytes.length + " B, allowed are at most " + limits.messageBytesMax());
    }
    Kryo kryo = pool.obtain();
    try (var input = new Input(bytes)) {
      return read(kryo, input);
    } catch (WireFormatException failure) {
      throw failure;
    } catch (RuntimeException failure) {
      throw new WireFormatException("no message: " + failure.getMessage(), failure);
    } finally {
      pool.free(kryo);
    }
  }

  private Object read(Kryo kryo, Input input) {
    int build = input.readInt();
    if (build != fingerprint) {
      throw new WireFormatException(
          "a message of another build: %08x, this one is %08x".formatted(build, fingerprint));
    }
    int number = input.readByte();
    Registration registration = kryo.getRegistration(number);
    if (registration == null || !(registration.getSerializer() instanceof Records records)) {
      throw new WireFormatException("no class has number " + number);
    }
    Record message = kryo.readObject(input, Record.class, records);
    if (input.position() != input.limit()) {
      throw new WireFormatException(
          input.limit() - input.position() + " B follow the end of a message");
    }
    return message;
  }
}
