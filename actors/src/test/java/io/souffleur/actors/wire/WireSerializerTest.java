package io.souffleur.actors.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.typesafe.config.ConfigFactory;
import io.souffleur.actors.ActorsSettings;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Pekko under the house's own configuration. */
class WireSerializerTest {
  private static final ActorTestKit KIT =
      ActorTestKit.create(ActorsSettings.systemConfig(ConfigFactory.empty()));

  private final Serialization serialization =
      SerializationExtension.get(Adapter.toClassic(KIT.system()));

  @AfterAll
  static void end() {
    KIT.shutdownTestKit();
  }

  @Test
  void everyMessageGoesThroughTheWireCodec() {
    for (Record message : WireMessages.all()) {
      var serializer = serialization.findSerializerFor(message);
      assertEquals(WireSerializer.IDENTIFIER, serializer.identifier());
      Object read = serializer.fromBinary(serializer.toBinary(message));
      assertEquals(WireMessages.shown(message), WireMessages.shown(read));
    }
  }

  @Test
  void nothingIsSerialisedByJava() {
    var stranger = new java.util.concurrent.atomic.AtomicInteger(1);
    assertThrows(
        RuntimeException.class, () -> serialization.findSerializerFor(stranger).toBinary(stranger));
  }
}
