export { catalog, jobIdOf, queueName, ShotRun, type Ticket } from './catalog';
export { createTicketBell, type TicketBell, type TicketBellOptions } from './ticketBell';
export { createTicketWaiter, type TicketWaiter, type TicketWaiterOptions } from './ticketWaiter';
export {
  createLiveChannel,
  type LiveChannel,
  type LivePreview,
  type LiveProgress,
  type LiveSubject,
} from './live';
