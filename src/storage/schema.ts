import type { Generated } from 'kysely'

/** The tables as Kysely sees them. Times are integer ms, money integer micro-USD, JSON is text. Both engines hold the same. */
export interface Schema {
  /** Keys of what was accepted; a second delivery of the same thing finds its key here. */
  accepted_keys: { workspace_id: string; dedupe_key: string; run_id: string; accepted_at_ms: number }
  runs: RunsTable
  tasks: TasksTable
  steps: { run_id: string; step_key: string; status: 'started' | 'finished'; result: string | null; at_ms: number }
  /** Messages that runs posted, so that a later click or stop finds its run. */
  posts: { workspace_id: string; channel_id: string; message_id: string; run_id: string; step_key: string }
  ledger: LedgerTable
  events: { seq: Generated<number>; workspace_id: string; run_id: string | null; type: string; payload: string; at_ms: number }
  feedback: { run_id: string; user_id: string; kind: string; workspace_id: string; text: string; created_at_ms: number }
  budget_limits: { workspace_id: string; scope: string; limits: string; updated_by: string; updated_at_ms: number }
  budget_spend: BudgetSpendTable
  reservations: { run_id: string; step_key: string; workspace_id: string; day: string; scopes: string; amount_micro_usd: number; expires_at_ms: number }
  goal_channels: { workspace_id: string; channel_id: string; goal_id: string }
  agents: AgentsTable
  /** How many agents a goal spawned on a day. */
  agent_days: { workspace_id: string; goal_id: string; day: string; spawned: number }
  /** Agents at work, by process. */
  agent_places: { workspace_id: string; goal_id: string; agent_id: string; owner: string; until_ms: number }
  /** Held by who counts the agents of a goal. */
  agent_place_turns: { workspace_id: string; goal_id: string; turns: number }
  agent_profiles: AgentProfilesTable
  agent_messages: AgentMessagesTable
  workflows: WorkflowsTable
  workflow_versions: WorkflowVersionsTable
  version_trials: VersionTrialsTable
  patterns: PatternsTable
  /** Runs that came since a goal's patterns were grouped anew; from `due_from` of them on it is due. */
  pattern_regroupings: { workspace_id: string; goal_id: string; waiting: number; due_from: number; regrouped_at_ms: number; owner: string | null; owned_until_ms: number }
  /** Workspaces that want an admin's word before an improvement counts. */
  approval_rules: { workspace_id: string; is_on: number; changed_by: string; changed_at_ms: number }
  proposals: { proposal_id: string; workspace_id: string; goal_id: string; run_id: string; author_id: string; reason: string; change: string; state: string; decided_by: string | null; created_at_ms: number }
  /** What Murmur looks into by itself; `outcome` is null until it has. */
  studies: { run_id: string; workspace_id: string; workflow_id: string; kind: string; about_run_id: string; outcome: string | null; detail: string | null; created_at_ms: number; ended_at_ms: number | null }
  /** Versions of settings that are tuned, and which of them a run was done with. */
  tunings: { workspace_id: string; name: string; version: number; against_version: number; value: string; step: string; state: string; figures: string | null; ended_by: string | null; started_at_ms: number; ended_at_ms: number | null }
  run_tunings: { run_id: string; name: string; workspace_id: string; version: number }
  workspace_switches: { workspace_id: string; name: string; is_on: number; changed_by: string; changed_at_ms: number }
  /** When admins were told last of a kind of failure. */
  failure_reports: { workspace_id: string; failure_class: string; cause: string; reported_at_ms: number }
  stat_days: StatDaysTable
  /** What ended in one hour, for forecasts; the hour by UTC. */
  stat_hours: { workspace_id: string; hour_ms: number; runs: number; cost_micro_usd: number }
  /** The last event that is counted; written with the counts, so that none counts twice. */
  stat_progress: { name: string; seq: number }
  /** What tends to come after a cue in a goal; fades with time. */
  habits: { workspace_id: string; goal_id: string; cue: string; specialty_id: string; weight: number; updated_at_ms: number }
  warmups: WarmupsTable
  config_overrides: { workspace_id: string; file: string; json: string; updated_by: string; updated_at_ms: number }
  memory_spaces: MemorySpacesTable
  memory_items: MemoryItemsTable
  documents: DocumentsTable
  /** Texts of requests that are too long for the runs table, until their run has made documents of them. */
  long_texts: { run_id: string; text: string; at_ms: number }
  /** How far a reader of the events has come; one process at a time reads for it. */
  event_cursors: { reader: string; seq: number; owner: string | null; owned_until_ms: number }
  /** Events that a reader fails at; `set_aside_at_ms` is null while it is tried again. */
  set_aside_events: { reader: string; seq: number; workspace_id: string; run_id: string | null; type: string; error_code: string; tries: number; tried_at_ms: number; set_aside_at_ms: number | null }
  schedules: SchedulesTable
  route_lessons: RouteLessonsTable
  /** The newest model of a workspace's router: what it was made from, and how far. */
  route_models: { workspace_id: string; basis: string; up_to: number; version: string }
  route_model_parts: { workspace_id: string; version: string; part: number; bytes: Uint8Array }
  /** What was tried after a failure of a class, and how often it helped; both fade. */
  remedies: { workspace_id: string; failure_class: string; remedy: string; tries: number; successes: number; updated_at_ms: number }
  /** What audits said of requests that an automation took; a run is audited once. */
  hit_audits: { run_id: string; workspace_id: string; workflow_id: string; version: number; is_right: number; reason: string; at_ms: number }
  /** Answers that were found good, by their question. */
  kept_answers: { workspace_id: string; question_key: string; goal_id: string; run_id: string; expires_at_ms: number }
  installations: { installation_id: string; sealed: string; updated_at_ms: number }
}

/** A long text or a file, as it was read. */
export interface DocumentsTable {
  document_id: string
  workspace_id: string
  run_id: string
  name: string
  kind: string
  text: string
  outline: string
  /** JSON: where each passage begins and ends in the text, and its heading. */
  passages: string
  /** Passages are numbered through all documents of a thread; this is the number of the first one here. */
  first_passage: number
  passage_count: number
  tokens: number
  created_at_ms: number
}

export interface RunsTable {
  run_id: string
  workspace_id: string
  /** The run it is a part of; null for others. */
  parent_run_id: string | null
  channel_id: string
  user_id: string
  /** Null until the run has opened its own thread. */
  thread_id: string | null
  request: string
  status: string
  specialty_id: string | null
  route: string | null
  answer: string | null
  tier: number | null
  cost_micro_usd: number
  error_code: string | null
  cancelled_by: string | null
  /** What a run waits for that a person has to give; null for others. */
  waiting_for: string | null
  agent_id: string | null
  /** The workflow and version it followed; null where it followed none. */
  workflow_id: string | null
  workflow_version: number | null
  /** The class of requests it belongs to; null until it is known. */
  pattern_id: string | null
  /** What it was paid from; null until it has ended. */
  goal_id: string | null
  /** Who decided its route, and the form of its swarm. */
  layer: string | null
  topology: string | null
  /** The model that gave the answer. */
  model_id: string | null
  /** Set where a lower tier answered or nobody did. */
  failure_class: string | null
  /** 1 to 5, where a judge looked. */
  quality: number | null
  /** From the first call of the answer to its end. */
  answer_ms: number | null
  /** Names the agents and models as they were configured. */
  settings_basis: string | null
  created_at_ms: number
  started_at_ms: number | null
  finished_at_ms: number | null
  /** Set while it waits for a person. */
  waiting_since_ms: number | null
  /** How long it has waited for people before; null for not at all. */
  waited_ms: number | null
}

/** One event as far as it teaches routing; never edited. */
export interface RouteLessonsTable {
  workspace_id: string
  /** Of the event. */
  seq: number
  run_id: string
  kind: string
  /** Who answered. */
  specialty_id: string
  /** Who should have, where somebody said so. */
  named_id: string | null
  user_id: string | null
  text: string
}

export interface TasksTable {
  task_id: string
  run_id: string
  workspace_id: string
  type: string
  /** 0 critical to 3 low. */
  priority: number
  /** Tasks of one lane (a thread) run one after the other, oldest first. */
  lane: string
  status: string
  run_at_ms: number
  attempts: number
  max_attempts: number
  lease_owner: string | null
  lease_until_ms: number | null
  last_error: string | null
  created_at_ms: number
  /** Its priority and the half hour it came in: the order of the queue, see `task-order.ts`. */
  level: number
  /** Its deadline; the largest safe integer for none. */
  due_ms: number
  parts: number
  parts_ended: number
  /** Counts up whenever a part has news for it; a task that rests only does so while this stands. */
  wakes: number
  progress: string | null
}

/** A request for later. `status`: active, done or cancelled; only active ones have a next occurrence. */
export interface SchedulesTable {
  schedule_id: string
  workspace_id: string
  channel_id: string
  user_id: string
  request: string
  priority: string
  rule: string
  time_zone: string
  status: string
  next_at_ms: number | null
  created_at_ms: number
}

/** One row per model call, never edited. */
export interface LedgerTable {
  entry_id: string
  workspace_id: string
  goal_id: string
  user_id: string
  run_id: string
  step_key: string
  model_id: string
  outcome: string
  /** Null when the catalogue does not know the price; never 0 for unknown. */
  amount_micro_usd: number | null
  input_tokens: number
  cached_input_tokens: number
  output_tokens: number
  latency_ms: number
  at_ms: number
  /** What was held for the call before it was made. */
  reserved_micro_usd: number | null
  /** What a cheaper choice or the provider's cache saved against the model that was wanted. */
  saved_micro_usd: number | null
}

/** Money of one scope on one day: `settled + reserved` never passes `limit + raised`. */
export interface BudgetSpendTable {
  workspace_id: string
  scope: string
  day: string
  reserved_micro_usd: number
  settled_micro_usd: number
  limit_micro_usd: number
  raised_micro_usd: number
  /** 1 when the warning of this day was given. */
  warned: number
}

/** A spawned specialist: its configuration, never an instance. */
export interface AgentsTable {
  agent_id: string
  workspace_id: string
  goal_id: string
  specialty_id: string
  name: string
  config: string
  parent_agent_id: string | null
  status: string
  runs_ended: number
  /** What `runs_ended` was when its work was judged last. */
  judged_at_run: number
  created_at_ms: number
  last_used_at_ms: number
}

/** A moving average; `weight` is what its observations still count, `count` how many there ever were. */
export interface AgentProfilesTable {
  workspace_id: string
  /** `agent:<id>` or `specialty:<id>`. */
  subject: string
  metric: string
  count: number
  mean: number
  weight: number
  updated_at_ms: number
}

export interface AgentMessagesTable {
  message_id: string
  workspace_id: string
  from_agent_id: string
  to_agent_id: string
  run_id: string
  text: string
  at_ms: number
  read_at_ms: number | null
}

/** The vector space of a workspace's memory. Every write counts `version` up; so other processes see what is new to them. */
export interface MemorySpacesTable {
  workspace_id: string
  embedder: string
  dimension: number
  version: number
  /** The version at which something was deleted last. */
  deleted_version: number
}

export interface MemoryItemsTable {
  workspace_id: string
  item_id: string
  kind: string
  text: string
  goal_id: string | null
  run_id: string | null
  agent_id: string | null
  at_ms: number
  expires_at_ms: number | null
  /** The space of the vector, as `nameSpace` writes it; what is not the workspace's is not moved yet. */
  space: string
  /** The workspace's version with which it was written. */
  version: number
  /** 32-bit floats, little-endian, as many as the space's dimension. */
  vector: Uint8Array
}

export interface WorkflowsTable {
  workflow_id: string
  workspace_id: string
  goal_id: string
  name: string
  /** The pattern whose requests it serves; null until one is known. */
  pattern_id: string | null
  state: string
  current_version: number
  /** A version that serves a share of the requests, 0 to 1, until it has shown itself; both null where there is none. */
  canary_version: number | null
  canary_share: number | null
  /** What is known of an automation counts from here on; null: from its beginning. */
  watched_from_ms: number | null
  created_at_ms: number
  updated_at_ms: number
}

/** Never changed after it is written. */
export interface WorkflowVersionsTable {
  workflow_id: string
  version: number
  parent_version: number | null
  source: string
  author_id: string
  reason: string
  recipe: string
  /** The run that gave rise to it. */
  run_id: string | null
  created_at_ms: number
}

/** How a version does against the one it replaced; the outcomes themselves stand with the runs. */
export interface VersionTrialsTable {
  workflow_id: string
  version: number
  /** 0: the requests as they were handled without a recipe. */
  against_version: number
  state: string
  /** JSON: what was known when it ended. */
  figures: string | null
  started_at_ms: number
  ended_at_ms: number | null
}

/** A recurring class of requests; examples and outcomes are JSON. */
export interface PatternsTable {
  pattern_id: string
  workspace_id: string
  goal_id: string
  title: string
  state: string
  examples: string
  outcomes: string
  workflow_id: string | null
  runs: number
  created_at_ms: number
  last_seen_at_ms: number
}

/** What happened on one day, by the clock of the workspace; `measure` and `subject` are those of `learning/count-event.ts`. */
export interface StatDaysTable {
  workspace_id: string
  day: string
  measure: string
  subject: string
  count: number
  /** Micro-USD or ms, where the measure has one. */
  total: number
}

/** An agent that was made ready before anybody asked. `state`: open, hit or miss. */
export interface WarmupsTable {
  warmup_id: string
  workspace_id: string
  goal_id: string
  specialty_id: string
  reason: string
  /** 0 to 1, as it was thought. */
  chance: number
  state: string
  at_ms: number
  until_ms: number
  run_id: string | null
}
