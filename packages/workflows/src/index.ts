export * from './bind';
export * from './check/checkGraph';
export * from './check/checkGraphOnPool';
export { GRAPH_ISSUE_CODES, type GraphIssue, type GraphIssueCode } from './check/graphIssue';
export type { NodeCatalog } from './check/nodeDefinition';
export * from './library';
export { targetsOf, type WorkflowInput } from './manifest';
export * from './models';
export { PREFIX_FIELD, withOutputPrefix } from './outputPrefix';
