export { AchievementEngine, type Unlock } from './engine.js';
export { achievementOf, ScarceGates } from './scarce-gate.js';
export { achievementRuleSchema, BUILT_IN_RULES, type AchievementRule, type Condition, FACT_TYPES, type Fact, type FactType } from './rule.js';
export { questAchievement, questRules, questsSchema, stepAchievement, type Quest, type QuestStep } from './quest.js';
