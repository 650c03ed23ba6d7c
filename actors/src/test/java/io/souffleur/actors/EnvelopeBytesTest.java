package io.souffleur.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.actors.wire.WireCodec;
import io.souffleur.actors.wire.WireFormatException;
import io.souffleur.actors.wire.WireLimits;
import io.souffleur.contracts.request.GenerationEvent;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.SamplingSpec;
import java.io.NotSerializableException;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Bytes of the commands that cross nodes with a reference to whoever hears the answer. */
class EnvelopeBytesTest {
  private static final ActorTestKit KIT = TestKits.create("envelopes");
  private static final int MUTATIONS = 20_000;

  private final Serialization serialization =
      SerializationExtension.get(Adapter.toClassic(KIT.system()));
  private final ActorRef<GenerationEvent> session =
      KIT.createTestProbe(GenerationEvent.class).getRef();
  private final ActorRef<PromptReply> asker =
      KIT.createTestProbe(PromptReply.class).getRef();

  private final List<Record> envelopes = List.of(
      new ReplicaRouter.Submit(
          new GenerationRequest(
              new RequestId("r"), new int[] {1, 2}, new int[0], SamplingSpec.GREEDY, 5, new int[0]),
          session),
      new ReplicaRouter.Abort(new RequestId("r")),
      new PromptDesk.Prepare(new PromptJob.Text("text"), asker),
      new PromptDesk.Prepare(
          new PromptJob.Chat(List.of(Map.of("role", "user")), List.of(), Map.of()), asker));

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  private Object read(byte[] bytes) throws NotSerializableException {
    Serializer serializer = serialization.findSerializerFor(envelopes.getFirst());
    return serializer.fromBinary(bytes);
  }

  private byte[] write(Record envelope) {
    return serialization.findSerializerFor(envelope).toBinary(envelope);
  }

  @Test
  void everyEnvelopeIsFinalAndComesBackWithItsReference() throws Exception {
    for (Class<?> type : NodeMessages.envelopes()) {
      assertTrue(Modifier.isFinal(type.getModifiers()), type.getName());
      assertTrue(envelopes.stream().anyMatch(type::isInstance), type.getName());
    }
    var submit = (ReplicaRouter.Submit) read(write(envelopes.getFirst()));
    assertEquals(session, submit.replyTo());
    assertEquals(new RequestId("r"), submit.request().id());
    assertEquals(envelopes.get(1), read(write(envelopes.get(1))));
    assertEquals(envelopes.get(2), read(write(envelopes.get(2))));
    assertEquals(envelopes.get(3), read(write(envelopes.get(3))));
  }

  @Test
  void aCodecOfValuesAloneKnowsNone() {
    var values = new WireCodec(WireLimits.DEFAULT);
    for (Record envelope : envelopes) {
      assertThrows(WireFormatException.class, () -> values.write(envelope));
      byte[] bytes = write(envelope);
      assertThrows(WireFormatException.class, () -> values.read(bytes));
    }
  }

  @Test
  void mutatedEnvelopesAreUnderstoodOrRefused() throws Exception {
    var random = new Random(7);
    int refused = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] bytes = write(envelopes.get(random.nextInt(envelopes.size())));
      int at = 4 + random.nextInt(bytes.length - 4);
      if (random.nextBoolean() && at + 4 <= bytes.length) {
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(at, random.nextInt());
      } else {
        bytes[at] = (byte) random.nextInt();
      }
      try {
        read(bytes);
      } catch (WireFormatException expected) {
        refused++;
      }
    }
    assertTrue(refused > MUTATIONS / 4 && refused < MUTATIONS, "refused " + refused);
  }
}
