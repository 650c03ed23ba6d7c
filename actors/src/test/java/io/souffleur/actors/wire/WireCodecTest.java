package io.souffleur.actors.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.actors.PromptJob;
import io.souffleur.contracts.request.RequestId;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class WireCodecTest {
  private final WireCodec codec = new WireCodec(WireLimits.DEFAULT);

  private static String messageOf(Runnable call) {
    return assertThrows(WireFormatException.class, call::run).getMessage();
  }

  @Test
  void everyMessageComesBackAsItWas() {
    for (Record message : WireMessages.all()) {
      Object read = codec.read(codec.write(message));
      assertEquals(message.getClass(), read.getClass());
      assertEquals(WireMessages.shown(message), WireMessages.shown(read));
    }
  }

  @Test
  void everyRegisteredClassIsFinalNumberedOnceAndTried() {
    var numbers = new HashSet<Integer>();
    for (WireTypes.Entry entry : WireTypes.ALL) {
      assertTrue(numbers.add(entry.number()), entry.toString());
      assertTrue(Modifier.isFinal(entry.type().getModifiers()), entry.toString());
    }
    assertEquals(
        WireTypes.ALL.stream().map(WireTypes.Entry::type).collect(Collectors.toSet()),
        WireMessages.all().stream().map(Record::getClass).collect(Collectors.toSet()));
  }

  @Test
  void otherClassesAreNeitherWrittenNorRead() {
    assertTrue(messageOf(() -> codec.write("text")).contains("java.lang.String"));
    assertTrue(messageOf(() -> codec.write(new ArrayList<>())).contains("java.util.ArrayList"));
    byte[] bytes = codec.write(new PromptJob.Text("hello"));
    // Kryo registers primitives, String and void by itself, as 0 to 9: they are refused too.
    for (int number = -128; number < 16; number++) {
      bytes[4] = (byte) number;
      String message = messageOf(() -> codec.read(bytes));
      assertTrue(message.contains("no class has number " + bytes[4]), message);
    }
  }

  @Test
  void anotherBuildsMessageIsRefused() {
    byte[] bytes = codec.write(new PromptJob.Text("hello"));
    bytes[0] ^= 1;
    assertTrue(messageOf(() -> codec.read(bytes)).contains("another build"));
  }

  @Test
  void bytesBehindTheEndAreRefusedAndSoIsEveryPart() {
    for (Record message : WireMessages.all()) {
      byte[] bytes = codec.write(message);
      byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
      assertTrue(messageOf(() -> codec.read(longer)).contains("1 B follow"));
      for (int length = 0; length < Math.min(bytes.length, 2_000); length++) {
        byte[] shorter = Arrays.copyOf(bytes, length);
        assertThrows(WireFormatException.class, () -> codec.read(shorter));
      }
    }
  }

  @Test
  void aRecordsOwnRulesHoldForBytesToo() {
    byte[] bytes = codec.write(new RequestId("ab"));
    bytes[bytes.length - 1] = ' ';
    bytes[bytes.length - 2] = ' ';
    assertTrue(messageOf(() -> codec.read(bytes)).contains("request id must have"));
    bytes[bytes.length - 1] = (byte) 0xFF;
    assertTrue(messageOf(() -> codec.read(bytes)).contains("not UTF-8"));
  }

  @Test
  void limitsHoldForWritersAndReaders() {
    var small = new WireCodec(new WireLimits(120, 20, 10, 4));
    String text = "x".repeat(21);
    assertTrue(messageOf(() -> small.write(new PromptJob.Text(text)))
        .contains("21 B, allowed are at most 20"));
    byte[] longText = codec.write(new PromptJob.Text(text));
    assertTrue(messageOf(() -> small.read(longText)).contains("21 B, allowed are 0 to 20"));
    byte[] longArray = codec.write(new PromptJob.Ids(new int[11]));
    assertTrue(
        messageOf(() -> small.write(new PromptJob.Ids(new int[11]))).contains("11 elements"));
    assertTrue(messageOf(() -> small.read(longArray)).contains("a count of 11"));
    byte[] large = new byte[121];
    assertTrue(messageOf(() -> small.read(large)).contains("a message of 121 B"));
    var wide = new PromptJob.Chat(
        List.of("0123456789", "0123456789"),
        List.of("0123456789", "0123456789", "0123456789", "0123456789", "0123456789"),
        Map.of("k", List.of("0123456789", "0123456789", "0123456789", "0123456789")));
    assertThrows(WireFormatException.class, () -> small.write(wide));
    Object deep = List.of();
    for (int level = 0; level < 5; level++) {
      deep = List.of(deep);
    }
    var chat = new PromptJob.Chat(List.of(deep), List.of(), Map.of());
    assertTrue(messageOf(() -> small.write(chat)).contains("more than 4 levels"));
    byte[] deepBytes = codec.write(chat);
    assertTrue(messageOf(() -> small.read(deepBytes)).contains("more than 4 levels"));
  }

  @Test
  void aTreeTakesPlainJsonOnly() {
    var odd = new PromptJob.Chat(List.of(new Object()), List.of(), Map.of());
    assertTrue(messageOf(() -> codec.write(odd)).contains("no place in a JSON tree"));
  }
}
