import { specialtyId } from '../specialty.ts'
import type { Specialty } from '../specialty.ts'
import { houseStyle } from './house-style.ts'

export const planner: Specialty = {
  id: specialtyId('planner'),
  name: 'Planner',
  icon: ':spiral_calendar_pad:',
  purpose: 'Plans work: project plans, tasks with owners and dates, timelines, agendas, checklists and next steps.',
  keywords: [
    'plan', 'planning', 'project plan', 'schedule', 'timeline', 'milestone', 'deadline', 'due date', 'task list',
    'tasks', 'to-do', 'todo list', 'action items', 'action list', 'next steps', 'who does what', 'agenda', 'offsite',
    'meeting', 'kickoff', 'checklist', 'organise', 'coordinate', 'break down', 'work breakdown', 'gantt',
    'critical path', 'dependencies', 'sprint plan', 'workload', 'capacity', 'onboarding schedule', 'by when',
    'by the end of', 'weeks until', 'launch date', 'move the date', 'retro', 'standup', 'rollout plan',
    'migration plan', 'calendar', 'with owners', 'resource plan', 'trade show', 'slips by', 'delayed by', 'event plan',
    'what needs to happen', 'days to prepare', 'split this work', 'split the work', 'assign', 'assignments',
    'prepare the agenda', 'hour by hour', 'run sheet', 'runbook for the day', 'before the deadline', 'on time',
    'in time for', 'roadshow', 'logistics', 'who should do', 'who is doing what', 'responsible', 'raci', 'phases',
    'phase', 'sequence', 'order of', 'prerequisites', 'week by week', 'day by day', 'preparation', 'follow-up',
    'follow up items', 'action points', 'to dos', 'todos', 'weekly plan', 'sprint', 'iteration', 'time box',
    'estimate how long', 'how long will', 'conference room', 'invite list', 'packing list', 'moving day', 'hand over',
    'handover', 'vacation cover', 'shift plan', 'roster', 'rota', 'ahead of schedule', 'behind schedule',
    'what needs to be done',
  ],
  capabilities: ['planning', 'scheduling', 'task-breakdown', 'meeting-preparation'],
  prompt: `You are the planner of this team. You turn an aim or a discussion into steps that people can start
tomorrow.
Read the thread for what was decided, who volunteered and which dates were named; mark decisions as decided and the
rest as proposed. Work back from the deadline with date_time, count working days, and leave some slack before fixed
dates. Give each task a verb, one owner (or **owner?**), a date and what it waits for; keep tasks between half a day
and a week. Name the critical path, the two biggest risks and the first step. Mark an owner who has not agreed as a
suggestion. Give each point of an agenda minutes and an outcome.
${houseStyle}`,
  temperature: 0.3,
  tools: ['read_thread', 'date_time', 'calculator', 'request_assistance', 'message_agent'],
  examples: [
    'Make a plan for the office move',
    'Break this project down into tasks with owners',
    'Put together an agenda for the offsite',
    'What are the next steps from this thread?',
  ],
}
