package io.souffleur.actors.wire;

import org.apache.pekko.serialization.JSerializer;

/**
 * Gives Pekko {@link WireCodec}; made by Pekko from its configuration, used by remoting and wherever
 * messages are serialised.
 */
public final class WireSerializer extends JSerializer {
  /** Part of every remote envelope; numbers up to 40 are Pekko's own. */
  static final int IDENTIFIER = 2_607;

  private final WireCodec codec = new WireCodec(WireLimits.DEFAULT);

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
