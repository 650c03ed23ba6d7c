package io.souffleur.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.souffleur.actors.EngineClient;
import io.souffleur.actors.EngineStatus;
import io.souffleur.actors.ModelCard;
import java.util.TreeMap;

/** Answers about the model, the launch and the load. Reads snapshots; safe for any thread. */
final class InfoEndpoints {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final EngineClient client;
  private final ServerFacts facts;

  InfoEndpoints(EngineClient client, ServerFacts facts) {
    this.client = client;
    this.facts = facts;
  }

  String model() {
    ModelCard card = client.model();
    ObjectNode info = JSON.createObjectNode();
    info.put("model_path", card.path().toString());
    info.put("tokenizer_path", facts.tokenizerPath().orElse(card.path().toString()));
    info.put("served_model_name", card.servedName());
    info.put("is_generation", true);
    info.putNull("preferred_sampling_params");
    info.put("weight_version", "default");
    info.put("has_image_understanding", false);
    info.put("has_audio_understanding", false);
    info.put("model_type", facts.modelType());
    facts.architectures().forEach(info.putArray("architectures")::add);
    return info.toString();
  }

  String server() {
    EngineStatus status = client.status();
    ModelCard card = client.model();
    ObjectNode info = JSON.createObjectNode();
    new TreeMap<>(facts.flags()).forEach((name, value) -> info.set(name, JSON.valueToTree(value)));
    info.put("model_path", card.path().toString());
    info.put("served_model_name", card.servedName());
    info.put("context_length", card.contextTokens());
    info.put("reasoning_parser", card.reasoningParser().orElse(null));
    info.put("tool_call_parser", card.toolCallParser().orElse(null));
    info.put("max_total_num_tokens", facts.sizes().tokensMax());
    info.put("max_req_input_len", card.contextTokens() - 1);
    info.put("max_running_requests", facts.sizes().runningMax());
    info.put("status", status.phase().toString().toLowerCase(java.util.Locale.ROOT));
    info.put("version", facts.version());
    ObjectNode state = info.putArray("internal_states").addObject();
    load(state, status);
    memory(state.putObject("memory_usage"));
    state.put("effective_max_running_requests_per_dp", facts.sizes().runningMax());
    state.put("epoch", status.epoch());
    state.put("rank_incarnation", status.rankIncarnation());
    new TreeMap<>(status.counters())
        .forEach((name, value) -> state.put(name.replace('-', '_'), value));
    return info.toString();
  }

  /** In units of 2^30 B. */
  private void memory(ObjectNode usage) {
    ServerFacts.Sizes sizes = facts.sizes();
    usage.put("weight", gibibytes(sizes.weightBytes()));
    usage.put("kvcache", gibibytes(sizes.pageBytes()));
    usage.put("mamba", gibibytes(sizes.slotBytes()));
    usage.put("token_capacity", sizes.tokensMax());
    usage.put("mamba_slots", sizes.stateSlots());
  }

  private static double gibibytes(long bytes) {
    return Math.round(bytes * 1_000.0 / (1 << 30)) / 1_000.0;
  }

  /** One entry per replica. */
  String loads() {
    ArrayNode loads = JSON.createArrayNode();
    load(loads.addObject(), client.status());
    return loads.toString();
  }

  String loadReport() {
    ObjectNode report = JSON.createObjectNode();
    report.put("dp_rank_count", 1);
    load(report.putArray("loads").addObject(), client.status());
    return report.toString();
  }

  private void load(ObjectNode load, EngineStatus status) {
    load.put("dp_rank", 0);
    load.put("num_reqs", status.running() + status.waiting());
    load.put("num_running_reqs", status.running());
    load.put("num_waiting_reqs", status.waiting());
    load.put("num_tokens", status.counter("pages-used") * facts.sizes().pageTokens());
    load.put("max_total_num_tokens", facts.sizes().tokensMax());
  }
}
