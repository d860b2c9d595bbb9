import type { WorkflowList, WorkflowValidation } from '@avatarforge/contracts';
import type { CheckedPlan, ListedWorkflow } from '@avatarforge/services';

/** A workflow of the library as v1 shows it: where its inputs go in the graph is its own affair. */
export function toWorkflow({
  workflow,
  runnableOn,
  missing,
}: ListedWorkflow): WorkflowList['data'][number] {
  const { id, title, description } = workflow;
  const inputs = Object.entries(workflow.inputs).map(([name, input]) => [name, toInput(input)]);
  return {
    ...{ id, title, description, missing },
    inputs: Object.fromEntries(inputs) as WorkflowList['data'][number]['inputs'],
    runnable_on: runnableOn,
  };
}

const SHOWN = ['type', 'description', 'default', 'min', 'max', 'options'];

function toInput(input: ListedWorkflow['workflow']['inputs'][string]): object {
  return Object.fromEntries(Object.entries(input).filter(([name]) => SHOWN.includes(name)));
}

/** What would become of a request, as v1 shows it. */
export function toWorkflowValidation(plan: CheckedPlan): WorkflowValidation {
  return {
    valid: plan.isRunnable,
    workflow: plan.workflow,
    notes: plan.notes,
    runnable_on: plan.runnableOn,
    faults: plan.faults,
    checked_against: plan.checkedAgainst,
  };
}
