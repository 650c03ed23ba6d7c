package io.souffleur.multimodal.hostile;

import io.souffleur.multimodal.source.MediaRefused;
import java.util.Base64;
import java.util.Set;

/**
 * One hostile input.
 *
 * @param source as the client writes it
 * @param reasons that it may be refused for
 */
record Row(String name, String source, Set<MediaRefused.Reason> reasons) {
  static Row text(String name, String source, MediaRefused.Reason... reasons) {
    return new Row(name, source, Set.of(reasons));
  }

  static Row file(String name, byte[] file, MediaRefused.Reason... reasons) {
    return new Row(name, inline(file), Set.of(reasons));
  }

  static String inline(byte[] file) {
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(file);
  }
}
