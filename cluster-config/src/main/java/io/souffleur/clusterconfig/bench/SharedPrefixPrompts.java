package io.souffleur.clusterconfig.bench;

import io.souffleur.clusterconfig.cli.ServingOptions;
import io.souffleur.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Groups of prompts with a common beginning of random tokens, as prefix caches like them. */
final class SharedPrefixPrompts {
  private final ServingOptions.SharedPrefix options;
  private final Tokenizer tokenizer;
  private final PythonRandom random;

  SharedPrefixPrompts(ServingOptions.Data options, Tokenizer tokenizer) {
    this.options = options.sharedPrefix();
    this.tokenizer = tokenizer;
    this.random = new PythonRandom(options.seed());
  }

  /** {@code groups · promptsPerGroup} requests; lengths are counted on the whole text. */
  List<BenchRequest> requests() {
    List<BenchRequest> requests = new ArrayList<>();
    for (int group = 0; group < options.groups(); group++) {
      String system = text(options.systemTokens());
      for (int prompt = 0; prompt < options.promptsPerGroup(); prompt++) {
        String whole = system + "\n\n" + text(options.questionTokens());
        requests.add(new BenchRequest(
            whole, Optional.empty(), tokenizer.encode(whole).length, options.outputTokens()));
      }
    }
    if (!options.ordered()) {
      random.shuffle(requests);
    }
    return requests;
  }

  private String text(int tokens) {
    int[] ids = new int[tokens];
    for (int i = 0; i < tokens; i++) {
      ids[i] = textToken();
    }
    return tokenizer.decode(ids, true);
  }

  private int textToken() {
    int id = random.below(tokenizer.idLimit());
    while (tokenizer.isAdded(id) || tokenizer.tokenBytes(id).length == 0) {
      id = random.below(tokenizer.idLimit());
    }
    return id;
  }
}
