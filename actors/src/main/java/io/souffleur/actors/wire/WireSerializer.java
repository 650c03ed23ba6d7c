package io.souffleur.actors.wire;

import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.JSerializer;

/**
 * Gives Pekko {@link WireCodec}; made by Pekko from its configuration, used by remoting and wherever
 * messages are serialised.
 */
public final class WireSerializer extends JSerializer {
  /** Part of every remote envelope; numbers up to 40 are Pekko's own. */
  static final int IDENTIFIER = 2_607;

  private final WireCodec codec;

  /** Called by Pekko. */
  public WireSerializer(ExtendedActorSystem system) {
    codec = new WireCodec(WireLimits.DEFAULT, new NodeReferences(system));
  }

  /** The resolver is looked up at every use: it is not there yet when serializers are made. */
  private record NodeReferences(ExtendedActorSystem system) implements References {
    private ActorRefResolver resolver() {
      return ActorRefResolver.get(Adapter.toTyped(system));
    }

    @Override
    public String text(ActorRef<?> reference) {
      return resolver().toSerializationFormat(reference);
    }

    @Override
    public ActorRef<?> of(String text) {
      return resolver().resolveActorRef(text);
    }
  }

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  /** Class numbers are in the bytes; class names never travel. */
  @Override
  public boolean includeManifest() {
    return false;
  }

  @Override
  public byte[] toBinary(Object message) {
    return codec.write(message);
  }

  @Override
  public Object fromBinaryJava(byte[] bytes, Class<?> manifest) {
    return codec.read(bytes);
  }
}
